using System.Globalization;

namespace Coxswain.Node.Linux;

/// <summary>Files of mode 0600. For directories that nobody else may write to: see <see cref="PrivateDirectory"/>.</summary>
public static class PrivateFile
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void WriteAllText(string path, string text)
    {
        using var file = Open(path, FileMode.Create, FileShare.Read);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Opens it, made when missing, and locks it until the stream is closed. Others cannot open it, so they cannot lock it either.</summary>
    /// <exception cref="IOException">Another process has it locked: see <see cref="LockedBy"/>.</exception>
    public static FileStream Lock(string path) => Open(path, FileMode.OpenOrCreate, FileShare.None);

    /// <summary>The process that has the file locked; null when none has, or it does not show.</summary>
    public static int? LockedBy(string path)
    {
        if (!File.Exists(path)) return null;
        var inode = string.Create(CultureInfo.InvariantCulture, $":{FileOwner.Inode(path)}");
        // "3: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF"; one that waits for its turn has "->" in front
        return File.ReadLines("/proc/locks").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(cells => cells.Length > 5 && cells[1] == "FLOCK" && cells[5].EndsWith(inode, StringComparison.Ordinal))
            .Select(cells => int.TryParse(cells[4], CultureInfo.InvariantCulture, out var pid) && pid > 0 ? pid : (int?)null).FirstOrDefault();
    }

    private static FileStream Open(string path, FileMode mode, FileShare share)
    {
        // Somebody else's, from a time when the directory was open to others, or made by an earlier version with another mode.
        if (Path.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            if (FileOwner.Of(path) != FileOwner.Self || new FileInfo(path).LinkTarget is not null) File.Delete(path);
            else File.SetUnixFileMode(path, Mode);
        }
        return new FileStream(path, new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, UnixCreateMode = Mode });
    }
}
