namespace Coxswain.Node.Images;

/// <summary>Reads everything and keeps nothing.</summary>
internal sealed class DiscardingBlobSink : IBlobSink
{
    public async Task WriteAsync(Stream content, long length, string? digest, IReadOnlyDictionary<string, string>? labels, CancellationToken ct)
    {
        await using var hashing = new HashingStream(content);
        await hashing.CopyToAsync(Stream.Null, ct);
        if (digest is not null && hashing.Digest != digest) throw new InvalidDataException($"the content does not match its digest {digest}");
    }
}
