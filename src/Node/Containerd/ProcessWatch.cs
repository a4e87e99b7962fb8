using System.Runtime.InteropServices;

namespace Coxswain.Node.Containerd;

/// <summary>Knows when a process has ended, be it our child or not, without asking again and again: a thread sleeps in the kernel until it is so.</summary>
internal sealed partial class ProcessWatch : IDisposable
{
    private const int PidfdOpen = 434, PidfdSendSignal = 424; // the same on x86-64 and arm64
    private const short PollIn = 1;

    private readonly int _pidfd, _wake;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;

    /// <exception cref="IOException">There is no such process.</exception>
    public ProcessWatch(int pid)
    {
        _pidfd = (int)SystemCall(PidfdOpen, pid, 0, 0, 0);
        if (_pidfd < 0) throw new IOException($"process {pid}: {Marshal.GetLastPInvokeErrorMessage()}");
        _wake = EventFd(0, 0x80000);
        _thread = new Thread(Wait) { IsBackground = true, Name = $"watch {pid}" };
        _thread.Start();
    }

    public Task Ended => _ended.Task;

    /// <summary>No process but this one can be hit, even if it has ended and its number was given away.</summary>
    public void Signal(int signal) => _ = SystemCall(PidfdSendSignal, _pidfd, signal, 0, 0);

    public void Dispose()
    {
        ulong one = 1;
        _ = Write(_wake, ref one, sizeof(ulong));
        _thread.Join();
        _ = Close(_pidfd);
        _ = Close(_wake);
        _ended.TrySetCanceled();
    }

    private void Wait()
    {
        PollEntry[] entries = [new() { Fd = _pidfd, Events = PollIn }, new() { Fd = _wake, Events = PollIn }];
        while (Poll(entries, 2, -1) < 0) { } // interrupted by a signal
        if (entries[0].Returned != 0) _ended.TrySetResult();
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll([In, Out] PollEntry[] entries, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int fd, ref ulong value, nuint size);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int fd);
}
