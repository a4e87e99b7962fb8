using Coxswain.EndToEnd.Harness;

namespace Coxswain.Testing.Tests.Kubectls;

/// <summary>A test that asks a cluster of its own with one of the kubectls.</summary>
public abstract class KubectlTest(int nodes) : IAsyncLifetime
{
    private TestCluster? _cluster;

    public static TheoryData<string> Versions => Kubectl.Versions;

    public async ValueTask InitializeAsync() => _cluster = await TestCluster.StartAsync(new TestClusterOptions { Nodes = nodes }, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected TestCluster Cluster => _cluster!;

    private protected Kubectl Use(string version) => new(Kubectl.Find(version)!, Cluster.WriteKubeconfig(), "default");
}
