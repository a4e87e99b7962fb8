using System.Diagnostics;

namespace Coxswain.EndToEnd.Harness;

/// <param name="Output">Standard output, whole.</param>
/// <param name="Error">Standard error, whole.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Error, string Line)
{
    /// <summary>This result, or a failed test that shows what was run and said.</summary>
    public CommandResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"{Line}\nended with {ExitCode}\n{Output}\n{Error}");
        return this;
    }

    public CommandResult Failed()
    {
        Assert.True(ExitCode != 0, $"{Line}\nshould have failed but said\n{Output}\n{Error}");
        return this;
    }
}

/// <summary>Runs a program to its end, with a bound.</summary>
internal static class Command
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    public static async Task<CommandResult> RunAsync(string file, IEnumerable<string> args, IReadOnlyDictionary<string, string>? environment = null, string? input = null, string? directory = null)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = directory ?? Repository.Root };
        foreach (var a in args) start.ArgumentList.Add(a);
        foreach (var (k, v) in environment ?? new Dictionary<string, string>()) start.Environment[k] = v;
        var line = $"{Path.GetFileName(file)} {string.Join(' ', start.ArgumentList)}";

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Bound);
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            if (input is not null) await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new CommandResult(process.ExitCode, await output, await error, line);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{line}\ndid not end within {Bound.TotalSeconds} s");
        }
    }
}
