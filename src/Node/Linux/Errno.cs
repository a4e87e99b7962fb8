namespace Coxswain.Node.Linux;

/// <summary>
/// The kernel's error numbers that callers branch on: <see cref="Exception.HResult"/> of the <see cref="IOException"/> that <see
/// cref="Syscalls"/> throws.
/// </summary>
internal static class Errno
{
    public const int NotPermitted = 1, NotFound = 2, Interrupted = 4, Again = 11, Exists = 17,
        CrossesDevices = 18, NotADirectory = 20, IsADirectory = 21, Invalid = 22, NotImplemented = 38, NotEmpty = 39, SymbolicLink = 40;
}
