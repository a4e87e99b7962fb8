using System.Diagnostics;

namespace Coxswain.Bench.Cluster;

/// <summary>Other programs, run to their end.</summary>
internal static class Programs
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static ProcessStartInfo Start(string program, params string[] args) => new(program, args) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };

    /// <exception cref="InvalidOperationException">It failed, or did not end; the message holds its last words.</exception>
    public static async Task<TimeSpan> RunAsync(string program, CancellationToken ct, params string[] args)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(Start(program, args))!;
        process.StandardInput.Close();
        try
        {
            var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode == 0) return clock.Elapsed;
            throw new InvalidOperationException($"{Path.GetFileName(program)} {args[0]} ended with code {process.ExitCode}: {string.Concat(texts).Trim()}");
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            ct.ThrowIfCancellationRequested();
            throw new InvalidOperationException($"{Path.GetFileName(program)} {args[0]} did not end within {Limit.TotalSeconds:0} s");
        }
    }
}
