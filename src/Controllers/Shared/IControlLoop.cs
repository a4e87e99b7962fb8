namespace Coxswain.Controllers;

/// <summary>One controller. Made before the informers run (it asks for those it needs), then run.</summary>
internal interface IControlLoop
{
    /// <summary>As the identity it acts under is called: <c>deployment-controller</c>.</summary>
    string Name { get; }

    /// <summary>Waits for the caches, then works until <paramref name="ct"/>.</summary>
    Task RunAsync(CancellationToken ct);
}
