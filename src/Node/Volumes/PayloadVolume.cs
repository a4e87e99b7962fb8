using Coxswain.Node.Pods;

namespace Coxswain.Node.Volumes;

/// <summary>A volume whose files come from API objects: configMap, secret, downwardAPI, projected. Kept up to date while the Pod lives.</summary>
/// <param name="inMemory">What it holds must not reach a disk.</param>
internal sealed class PayloadVolume(PodContext pod, string plugin, string name, bool inMemory, IReadOnlyList<IPayloadSource> sources) : IVolume
{
    private readonly VolumeDirectory _directory = new(pod, plugin, name);
    private Payload? _written;

    public string Path => _directory.Path;
    public bool ReadOnly => true;

    public async Task SetUpAsync(CancellationToken ct)
    {
        var payload = new Payload();
        var missing = (VolumeException?)null;
        foreach (var source in sources)
        {
            try { await source.AddAsync(payload, ct); }
            catch (VolumeException e) { missing ??= e; }
        }
        if (missing is not null) throw missing;
        if (!pod.Node.Options.Materialize || IsWritten(payload)) return;
        if (_written is null) _directory.Make(inMemory, size: null, readOnly: true, ct);
        AtomicWriter.Write(Path, payload, pod.Node.Time.GetUtcNow(), pod.Pod.Spec.SecurityContext?.FsGroup, ct);
        _written = payload;
    }

    public void Dispose()
    {
        foreach (var source in sources) source.Dispose();
    }

    private bool IsWritten(Payload payload) => _written is not null && _written.Count == payload.Count
        && payload.All(p => _written.TryGetValue(p.Key, out var old) && old.Mode == p.Value.Mode && old.User == p.Value.User
            && old.Content.Span.SequenceEqual(p.Value.Content.Span));
}
