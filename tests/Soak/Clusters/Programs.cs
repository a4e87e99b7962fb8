using System.Diagnostics;

namespace Coxswain.Soak.Clusters;

/// <summary>Other programs, run to their end.</summary>
internal static class Programs
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>With all three streams redirected.</summary>
    public static ProcessStartInfo Start(string program, params string[] args) =>
        new(program, args) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };

    /// <returns>Null when it succeeded, else what it said.</returns>
    public static async Task<string?> TryAsync(string program, params string[] args)
    {
        var start = Start(program, args);
        // Not the run's token: this is also how a run that was cancelled is cleaned up.
        using var limit = new CancellationTokenSource(Limit);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token),
                process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0
                ? null
                : $"{Path.GetFileName(program)} {args[0]} ended with {process.ExitCode}: {string.Concat(texts).Trim()}";
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return $"{Path.GetFileName(program)} {args[0]} did not end within {Limit.TotalSeconds} s";
        }
    }
}
