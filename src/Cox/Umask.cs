using System.Runtime.InteropServices;

namespace Coxswain;

/// <summary>The umask: whatever the caller's is, files that name no mode of their own get the same one.</summary>
internal static partial class Umask
{
    private const uint OnlyTheOwnerWrites = 0b000_010_010;

    /// <summary>For this process and all that it starts, containerd among them.</summary>
    public static void Set() => _ = SetTo(OnlyTheOwnerWrites);

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetTo(uint mask);
}
