namespace Coxswain.Client;

/// <summary>What an <see cref="Informer{T}"/> watches, and how it recovers.</summary>
public sealed record InformerOptions
{
    /// <summary>Null for all namespaces.</summary>
    public string? Namespace { get; init; }
    public string? LabelSelector { get; init; }
    public string? FieldSelector { get; init; }
    /// <summary>The first wait after a failure; doubles up to <see cref="MaxBackoff"/>, each time up to half as long again at random.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(100);
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>Hands every cached object to the handlers again after so long; null (the default) never.</summary>
    public TimeSpan? Resync { get; init; }
}
