namespace Coxswain.Node.StaticPods;

/// <summary>A manifest is no good.</summary>
/// <param name="line">Counted from 1; null when it is the whole.</param>
internal sealed class ManifestException(string reason, long? line = null) : Exception(line is { } number ? $"line {number}: {reason}" : reason);
