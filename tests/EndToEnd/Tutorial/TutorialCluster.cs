using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Tutorial;

/// <summary>One cluster for the whole tutorial, with the tutorial's images on its node.</summary>
public sealed class TutorialCluster : IAsyncLifetime
{
    internal CoxCluster Cox { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Cox.UpAsync();
        await Cox.ImportImagesAsync();
    }

    public ValueTask DisposeAsync() => Cox.DisposeAsync();
}

[CollectionDefinition("tutorial", DisableParallelization = true)]
public sealed class TutorialCollection : ICollectionFixture<TutorialCluster>;
