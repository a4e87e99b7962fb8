using Coxswain.Store;

namespace Coxswain.ApiServer.Auth;

/// <summary>Writes files that only their owner may read, whole or not at all; once written they outlast a power loss.</summary>
internal static class SecretFile
{
    public const UnixFileMode OwnerOnly = DurableFile.OwnerOnly;
    public const UnixFileMode Public = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Replaces the file. It has its mode before it has its name: there is no moment at which others can read it.</summary>
    public static void Write(string path, string text, UnixFileMode mode = OwnerOnly) => DurableFile.Write(path, text, mode);
}
