using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Pods;

/// <summary>One cluster for the tests of this folder; each has a namespace of its own.</summary>
public sealed class PodCluster : IAsyncLifetime
{
    internal CoxCluster Cox { get; } = new();

    public async ValueTask InitializeAsync()
    {
        try
        {
            await Cox.UpAsync();
            await Cox.ImportImagesAsync("busybox", "nginx");
        }
        catch
        {
            await Cox.DisposeAsync(); // a fixture that does not come up is not disposed of
            throw;
        }
    }

    public ValueTask DisposeAsync() => Cox.DisposeAsync();

    internal async Task<Kubectl> NamespaceAsync()
    {
        var name = "p-" + Guid.NewGuid().ToString("n")[..8];
        var kubectl = Cox.Kubectl().In(name);
        await kubectl.GetAsync("create", "namespace", name);
        return kubectl;
    }
}

[CollectionDefinition("pods")]
public sealed class PodCollection : ICollectionFixture<PodCluster>;
