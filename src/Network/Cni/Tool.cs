using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Coxswain.Network.Cni;

/// <summary>Runs the network's command-line tools.</summary>
internal static class Tool
{
    /// <returns>Null when it went well, else what it said.</returns>
    public static async Task<string?> RunAsync(string program, string[] arguments, CancellationToken ct)
    {
        var (code, _, error) = await ExecuteAsync(program, arguments, ct);
        return code == 0 ? null : error.Length > 0 ? error : string.Create(CultureInfo.InvariantCulture, $"exit code {code}");
    }

    /// <exception cref="IOException">The program is not there.</exception>
    public static async Task<(int Code, string Output, string Error)> ExecuteAsync(string program, string[] arguments, CancellationToken ct)
    {
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, await output, (await error).Trim());
    }

    private static Process Start(string program, string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{program} cannot be run; install it (on Debian: apt-get install iptables iproute2)", e);
        }
    }
}
