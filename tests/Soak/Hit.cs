using System.Diagnostics;

namespace Coxswain.Soak;

/// <summary>What a fault did.</summary>
/// <param name="Detail">For the report.</param>
/// <param name="Pods">Names of Pods that may restart for it; all others are bystanders.</param>
internal sealed record Hit(string Detail, params IReadOnlyCollection<string> Pods)
{
    public static Hit Nothing { get; } = new("");

    /// <summary>Whether those Pods must get a new container, or may.</summary>
    public bool MustRestart { get; init; }

    /// <summary>How long it took until all was well, where the fault went on to do more afterwards.</summary>
    public TimeSpan? Recovery { get; init; }

    /// <summary>When recovery could begin.</summary>
    public long At { get; } = Stopwatch.GetTimestamp();
}
