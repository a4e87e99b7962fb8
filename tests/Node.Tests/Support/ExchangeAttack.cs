using System.ComponentModel;
using System.Diagnostics;
using Coxswain.TestKit;

namespace Coxswain.Node.Tests;

/// <summary>
/// A directory as a hostile container makes it: <c>sub</c> is a directory of its own and, in turn, a link to one of the node's, exchanged
/// without end. Each of the two holds a file that says which it is.
/// </summary>
internal sealed class ExchangeAttack : IDisposable
{
    private const int TextFileBusy = 26;
    private readonly Process _process;

    public ExchangeAttack(string directory)
    {
        Volume = Directory.CreateDirectory(Path.Combine(directory, "volume")).FullName;
        Outside = Directory.CreateDirectory(Path.Combine(directory, "outside")).FullName;
        Directory.CreateDirectory(Path.Combine(Volume, "sub"));
        File.WriteAllText(Path.Combine(Volume, "sub", "inside"), "");
        File.WriteAllText(Path.Combine(Outside, "secret"), "");
        File.CreateSymbolicLink(Path.Combine(Volume, "link"), Outside);
        var program = Path.Combine(directory, "exchange");
        File.WriteAllBytes(program, ExchangeProgram.Make("sub", "link"));
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _process = Start(program);
        // It runs when the link was seen in both places.
        foreach (var isLink in (bool[])[true, false])
            Assert.True(SpinWait.SpinUntil(() => (new FileInfo(Path.Combine(Volume, "sub")).LinkTarget is not null) == isLink, TimeSpan.FromSeconds(60)));
    }

    public string Volume { get; }
    public string Outside { get; }

    /// <summary>The attack does not end by itself.</summary>
    public bool Runs => !_process.HasExited;

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>A process that another test starts at this moment has the file open for an instant.</summary>
    private Process Start(string program)
    {
        for (var tries = 0; ; tries++)
        {
            try { return Process.Start(new ProcessStartInfo(program) { WorkingDirectory = Volume })!; }
            catch (Win32Exception e) when (e.NativeErrorCode == TextFileBusy && tries < 1000) { Thread.Yield(); }
        }
    }
}
