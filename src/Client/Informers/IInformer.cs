namespace Coxswain.Client;

/// <summary>An informer, whatever it watches.</summary>
public interface IInformer
{
    /// <summary>Done once the first list has reached the cache and every handler.</summary>
    Task HasSynced { get; }

    /// <summary>Lists and watches until <paramref name="ct"/>; call once.</summary>
    Task RunAsync(CancellationToken ct);
}
