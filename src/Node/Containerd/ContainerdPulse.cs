using Coxswain.Node.Cri;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Containerd;

/// <summary>
/// Feels whether containerd still answers. One that is busy does: whatever it is asked counts, and the question put to it here, its version, needs nothing of what it
/// could be busy with. While others ask it, this asks nothing.
/// </summary>
internal sealed class ContainerdPulse(CriRuntime runtime, TimeSpan limit, TimeProvider time)
{
    /// <summary>Questions without an answer, one after the other, until it is taken to hang.</summary>
    public const int Questions = 3;

    /// <summary>Returns when it hangs.</summary>
    public async Task LostAsync(CancellationToken ct)
    {
        for (var unanswered = 0; unanswered < Questions;)
        {
            if (unanswered == 0) await Task.Delay(limit, time, ct);
            unanswered = runtime.SinceLastAnswer < limit || await AnswersAsync(ct) ? 0 : unanswered + 1;
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken ct)
    {
        using var limited = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limited.Token, ct);
        try
        {
            await runtime.GetVersionAsync(both.Token);
            return true;
        }
        catch (RuntimeException e) when (e.Code is RuntimeErrorCode.Unavailable or RuntimeErrorCode.DeadlineExceeded)
        {
            // Refused at once, perhaps: the next question is not to follow at once too.
            await Task.Delay(limit - limit / 10, time, ct);
            return false;
        }
        catch (RuntimeException) { return true; } // an answer too
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) { return false; }
    }
}
