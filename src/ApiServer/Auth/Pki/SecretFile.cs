namespace Coxswain.ApiServer.Auth;

/// <summary>Writes files that only their owner may read, whole or not at all.</summary>
internal static class SecretFile
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode Public = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Replaces the file. It has its mode before it has its name: there is no moment at which others can read it.</summary>
    public static void Write(string path, string text, UnixFileMode mode = OwnerOnly)
    {
        var temporary = $"{path}.tmp";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(text);
        }
        File.Move(temporary, path, overwrite: true);
    }
}
