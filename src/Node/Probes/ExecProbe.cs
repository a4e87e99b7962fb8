using System.Text;
using Coxswain.Api;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Probes;

/// <summary>Success is a command that ends with 0.</summary>
internal static class ExecProbe
{
    private const int MaxOutput = 10 * 1024;

    public static async Task<ProbeOutcome> RunAsync(IRuntime runtime, string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            var result = await runtime.ExecSyncAsync(containerId, command, timeout, ct);
            if (result.ExitCode == 0) return ProbeOutcome.Success;
            var output = Encoding.UTF8.GetString([.. result.Stdout.Span, .. result.Stderr.Span]);
            return ProbeOutcome.Failure(output.Length > MaxOutput ? output[..MaxOutput] : output);
        }
        catch (RuntimeException e) when (e.Code == RuntimeErrorCode.DeadlineExceeded)
        {
            return ProbeOutcome.Failure($"command timed out: \"{string.Join(' ', command)}\" timed out after {GoDuration.Format(timeout)}");
        }
        catch (RuntimeException e)
        {
            return ProbeOutcome.Unknown(e.Message);
        }
    }
}
