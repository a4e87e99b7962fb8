using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Tutorial;

/// <summary>A test on the tutorial's cluster, with one of the kubectls and a namespace of its own.</summary>
public abstract class TutorialTest(TutorialCluster cluster) : IAsyncDisposable
{
    private Kubectl? _kubectl;

    public static TheoryData<string> Kubectls => Harness.Kubectl.Versions;

    private protected CoxCluster Cox => cluster.Cox;

    private protected string Namespace { get; } = "t-" + Guid.NewGuid().ToString("n")[..8];

    private protected Kubectl Kubectl => _kubectl ?? throw new InvalidOperationException("no kubectl");

    private protected async Task UseAsync(string version)
    {
        _kubectl = Cox.Kubectl(version).In(Namespace);
        await Kubectl.GetAsync("create", "namespace", Namespace);
    }

    private protected Task<string> ExecAsync(string pod, string container, params string[] command) => Cox.ExecAsync(Kubectl, pod, container, command);

    public async ValueTask DisposeAsync()
    {
        if (_kubectl is not null) await Kubectl.RunAsync("delete", "namespace", Namespace, "--wait=false");
        GC.SuppressFinalize(this);
    }
}
