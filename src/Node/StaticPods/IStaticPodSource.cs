namespace Coxswain.Node.StaticPods;

/// <summary>Where static Pods come from.</summary>
internal interface IStaticPodSource
{
    /// <summary><c>file</c> or <c>http</c>, as <c>kubernetes.io/config.source</c> shows it.</summary>
    string Kind { get; }

    /// <summary>Reports all its Pods each time they change, until <paramref name="ct"/>. What is no good is left out and reported.</summary>
    Task RunAsync(Action<IReadOnlyList<StaticPod>> changed, CancellationToken ct);
}
