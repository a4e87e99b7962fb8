using System.Reflection;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Tests;

/// <summary>A runtime that can be away for a while: it answers nothing then, and its event stream breaks.</summary>
public class OutageRuntime : DispatchProxy
{
    private IRuntime _inner = null!;
    private volatile bool _away;
    private volatile CancellationTokenSource? _watching;

    public static (IRuntime Runtime, Action<bool> SetAway) Around(IRuntime inner)
    {
        var proxy = Create<IRuntime, OutageRuntime>();
        var outage = (OutageRuntime)proxy;
        outage._inner = inner;
        return (proxy, outage.Set);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IRuntime.WatchAsync)) return WatchAsync((CancellationToken)args![0]!);
        if (_away) throw Away();
        return targetMethod.Invoke(_inner, args);
    }

    private void Set(bool away)
    {
        _away = away;
        _watching?.Cancel();
    }

    private async IAsyncEnumerable<RuntimeEvent> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (_away) throw Away();
        var watching = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _watching = watching;
        await using var events = _inner.WatchAsync(watching.Token).GetAsyncEnumerator(watching.Token);
        while (true)
        {
            try
            {
                if (!await events.MoveNextAsync()) yield break;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested) { throw Away(); }
            yield return events.Current;
        }
    }

    private static RuntimeException Away() => new(RuntimeErrorCode.Unavailable, "connection error: desc = \"transport: Error while dialing: no such file\"");
}
