using System.Diagnostics;

namespace Coxswain.Store.Tests.PowerLoss;

/// <summary>Runs Store.CrashWriter with the recorder in it: a small C library that writes down, or has fail, what the process does to its files.</summary>
internal sealed class Recorder : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("store-power-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>What is watched. Beside it lies what is not.</summary>
    public string Watched => Path.Combine(_directory.FullName, "disk");

    public string Journal => Path.Combine(_directory.FullName, "journal");

    /// <returns>What the process said.</returns>
    public async Task<string> RunAsync(string mode)
    {
        var library = Path.Combine(_directory.FullName, "recorder.so");
        if (!File.Exists(library))
        {
            await RunAsync("clang", ["-shared", "-fPIC", "-O1", "-o", library, Path.Combine(AppContext.BaseDirectory, "recorder.c"), "-ldl", "-lpthread"], []);
        }
        Directory.CreateDirectory(Watched);
        return await RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "Store.CrashWriter.dll"), mode, Watched], new()
        {
            ["LD_PRELOAD"] = library,
            ["RECORD_DIRECTORY"] = Watched,
            ["RECORD_JOURNAL"] = Journal,
            ["RECORD_FAULTS"] = Watched + ".faults",
        });
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static async Task<string> RunAsync(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync(Ct);
        var errors = process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await errors}");
        return await said;
    }
}
