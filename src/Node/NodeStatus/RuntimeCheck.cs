using Coxswain.Api;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.NodeStatus;

/// <summary>
/// Whether the runtime answers, and what it said last. A silence shorter than <see cref="Patience"/> is not shown: containerd's restart takes a second or two, its
/// Pods do not notice, and a Node that is not Ready takes them out of their Services.
/// </summary>
internal sealed class RuntimeCheck(IRuntime runtime, RuntimeVersion version, TimeSpan imagesPeriod, TimeProvider time)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private volatile RuntimeStatus? _status;
    private IReadOnlyList<ImageInfo> _images = [];
    private TimeSpan _listed; // by the steady clock
    private long? _silentSince; // the first question that had no answer
    private bool _down;
    private int _changes; // of images, as told
    private int _listedChanges; // of those, the ones told before the last list was asked for
    private bool _again = true;

    public bool Answers => _silentSince is null;

    /// <summary>Its last word, be it still there or not.</summary>
    public RuntimeStatus? LastStatus => _status;

    public RuntimeView View => new(version, _down ? null : _status, _images) { HasAnswered = _status is not null };

    /// <summary>The runtime tells of an image before it lists it, as a rule: the next look lists them, and the one after it once more.</summary>
    public void ImagesChanged() => Interlocked.Increment(ref _changes);

    /// <summary>Asks once, and waits no longer than the patience lasts.</summary>
    public async Task AskAsync(CancellationToken ct)
    {
        var asked = time.GetTimestamp();
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            _status = await runtime.GetStatusAsync(both.Token);
            (_silentSince, _down) = (null, false);
            if (_again || Volatile.Read(ref _changes) != _listedChanges || time.Steady() - _listed >= imagesPeriod) await ListImagesAsync(both.Token);
        }
        catch (Exception e) when (e is RuntimeException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            var since = _silentSince ??= asked;
            _down |= e is OperationCanceledException || _status is null || time.GetElapsedTime(since) >= Patience;
        }
    }

    private async Task ListImagesAsync(CancellationToken ct)
    {
        var told = Volatile.Read(ref _changes); // what is told while the list is made may not be in it
        _images = await runtime.ListImagesAsync(ct);
        _listed = time.Steady();
        (_again, _listedChanges) = (told != _listedChanges, told);
    }
}
