using System.Reflection;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Tests;

/// <summary>A runtime that can be away for a while. Gone, it refuses every call and its event stream breaks; hanging, it keeps its connections and answers nothing until it is back.</summary>
public class OutageRuntime : DispatchProxy
{
    private readonly Lock _lock = new();
    private IRuntime _inner = null!;
    private TaskCompletionSource? _hanging; // under _lock
    private volatile bool _gone;
    private volatile CancellationTokenSource? _watching;
    private int _asked;

    /// <summary>How often it was asked for its status.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public static (IRuntime Runtime, OutageRuntime Outage) Around(IRuntime inner)
    {
        var proxy = Create<IRuntime, OutageRuntime>();
        var outage = (OutageRuntime)proxy;
        outage._inner = inner;
        return (proxy, outage);
    }

    public void Leave()
    {
        _gone = true;
        _watching?.Cancel();
    }

    public void Hang()
    {
        lock (_lock) _hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Return()
    {
        _gone = false;
        lock (_lock)
        {
            _hanging?.SetResult();
            _hanging = null;
        }
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IRuntime.WatchAsync)) return WatchAsync((CancellationToken)args![0]!);
        if (targetMethod.Name == nameof(IRuntime.GetStatusAsync))
        {
            Interlocked.Increment(ref _asked);
            return StatusAsync((CancellationToken)args![0]!);
        }
        if (_gone) throw Away();
        return targetMethod.Invoke(_inner, args);
    }

    private async Task<RuntimeStatus> StatusAsync(CancellationToken ct)
    {
        if (_gone) throw Away();
        Task? hanging;
        lock (_lock) hanging = _hanging?.Task;
        if (hanging is not null) await hanging.WaitAsync(ct);
        return await _inner.GetStatusAsync(ct);
    }

    private async IAsyncEnumerable<RuntimeEvent> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (_gone) throw Away();
        var watching = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _watching = watching;
        await using var events = _inner.WatchAsync(watching.Token).GetAsyncEnumerator(watching.Token);
        while (true)
        {
            try
            {
                if (!await events.MoveNextAsync()) yield break;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested) { break; }
            yield return events.Current;
        }
        yield return new RuntimeEvent(RuntimeEventType.Lost, "", null);
        throw Away();
    }

    private static RuntimeException Away() => new(RuntimeErrorCode.Unavailable, "connection error: desc = \"transport: Error while dialing: no such file\"");
}
