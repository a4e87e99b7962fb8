using System.Formats.Tar;

namespace Coxswain.Node.Images;

/// <summary>One layer of an image: files, directories and links, owned by root, without times.</summary>
public sealed class ImageLayer
{
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101, Plain = (UnixFileMode)0b110_100_100;
    private readonly List<UstarTarEntry> _entries = [];

    public ImageLayer AddDirectory(string path, UnixFileMode mode = Executable) => Add(new UstarTarEntry(TarEntryType.Directory, path.Trim('/') + "/") { Mode = mode });

    public ImageLayer AddFile(string path, byte[] content, bool executable = false) =>
        Add(new UstarTarEntry(TarEntryType.RegularFile, path.Trim('/')) { DataStream = new MemoryStream(content, writable: false), Mode = executable ? Executable : Plain });

    public ImageLayer AddSymbolicLink(string path, string target) => Add(new UstarTarEntry(TarEntryType.SymbolicLink, path.Trim('/')) { LinkName = target });

    /// <summary>The layer as a tar; to be asked for once.</summary>
    public byte[] ToTar()
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var entry in _entries) tar.WriteEntry(entry);
        }
        return bytes.ToArray();
    }

    private ImageLayer Add(UstarTarEntry entry)
    {
        entry.ModificationTime = DateTimeOffset.UnixEpoch;
        _entries.Add(entry);
        return this;
    }
}
