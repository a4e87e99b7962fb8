namespace Coxswain.Node.Images;

/// <summary>Where the parts of an image go.</summary>
internal interface IBlobSink
{
    /// <summary>Takes one blob; one that is there already is a success.</summary>
    /// <param name="digest"><c>sha256:...</c> to be checked against the content, or null if not known beforehand.</param>
    /// <param name="labels">Kept with the blob; null for none.</param>
    Task WriteAsync(Stream content, long length, string? digest, IReadOnlyDictionary<string, string>? labels, CancellationToken ct);
}
