using System.Diagnostics;

namespace Coxswain.Node.Tests.Support;

/// <summary>A process that waits until it is killed, under any name and with any arguments.</summary>
internal sealed class HeldProcess : IDisposable
{
    private readonly Process _process;

    private HeldProcess(Process process) => _process = process;

    public int Id => _process.Id;

    /// <summary>As the first argument, what the process does before it waits.</summary>
    public static async Task<HeldProcess> StartAsync(string name, string script, string[] arguments, string? user = null)
    {
        // bash takes what follows the script for its parameters: they stand in the command line and mean nothing.
        string[] command = ["bash", "-c", "exec -a \"$0\" bash -c \"$1\" \"${@:2}\"", name, script + "\necho ready; read -r _", .. arguments];
        if (user is not null) command = ["setpriv", $"--reuid={user}", "--clear-groups", .. command];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var held = new HeldProcess(Process.Start(start)!);
        Assert.Equal("ready", await held._process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return held;
    }

    public bool IsAlive => !_process.HasExited;

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
