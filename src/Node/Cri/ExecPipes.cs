using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Coxswain.Node.Cri;

/// <summary>The named pipes between us and a command, in a directory of their own that goes with them.</summary>
internal sealed partial class ExecPipes : IDisposable
{
    private const int ReadOnly = 0, ReadWrite = 2, NonBlocking = 0x800, CloseOnExec = 0x80000;

    private readonly string _directory;
    private readonly List<SafePipeHandle> _held = [];

    /// <param name="stderr">False for a terminal, which has one output. The shim insists on the others.</param>
    public ExecPipes(string directory, bool stdin, bool stderr)
    {
        _directory = directory;
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            if (stdin)
            {
                StdinPath = Make("stdin");
                // Opened for both directions an open never waits for the other end.
                Stdin = new AnonymousPipeClientStream(PipeDirection.Out, Open(StdinPath, ReadWrite));
            }
            StdoutPath = Hold(Make("stdout"));
            if (stderr) StderrPath = Hold(Make("stderr"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string StdinPath { get; } = "";
    public string StdoutPath { get; } = "";
    public string StderrPath { get; } = "";
    public Stream? Stdin { get; private set; }
    public Stream? Stdout { get; private set; }
    public Stream? Stderr { get; private set; }

    /// <summary>
    /// To be called once the command has started: until then our own hold on the pipes kept early output from being lost; after it only the command's
    /// end must keep them open, so that we see it close.
    /// </summary>
    public void LeaveOutputToTheCommand()
    {
        Stdout = new AnonymousPipeClientStream(PipeDirection.In, Open(StdoutPath, ReadOnly));
        if (StderrPath.Length > 0) Stderr = new AnonymousPipeClientStream(PipeDirection.In, Open(StderrPath, ReadOnly));
        Release();
    }

    public void CloseStdin()
    {
        Stdin?.Dispose();
        Stdin = null;
    }

    public void Dispose()
    {
        CloseStdin();
        Stdout?.Dispose();
        Stderr?.Dispose();
        Release();
        Directory.Delete(_directory, recursive: true);
    }

    private string Hold(string path)
    {
        _held.Add(Open(path, ReadWrite));
        return path;
    }

    private void Release()
    {
        foreach (var handle in _held) handle.Dispose();
        _held.Clear();
    }

    private string Make(string name)
    {
        var path = Path.Combine(_directory, name);
        return MakeFifo(path, 0x180) == 0 ? path : throw new IOException($"cannot make the pipe {path}: {Marshal.GetLastPInvokeErrorMessage()}"); // 0600
    }

    private static SafePipeHandle Open(string path, int direction)
    {
        var fd = OpenFile(path, direction | NonBlocking | CloseOnExec);
        return fd >= 0 ? new SafePipeHandle(fd, ownsHandle: true) : throw new IOException($"cannot open the pipe {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenFile(string path, int flags);
}
