using System.Threading.Channels;
using Coxswain.Client;
using Coxswain.Node.Volumes;

namespace Coxswain.Node.Logs;

/// <summary>
/// Reads a container's log file from where it is asked to; following, it sleeps until the kernel tells of a write. A file that was rotated away is read to its end,
/// then the new one from its start.
/// </summary>
/// <param name="time">Of the pause after a rotation.</param>
/// <param name="ended">Whether the container has ended: nothing more will be written.</param>
internal sealed class LogReader(string path, LogOptions options, TimeProvider time, Func<bool> ended) : IDisposable
{
    private const int BufferSize = 64 * 1024;
    /// <summary>The runtime makes the new file before it lets go of the old one: what it had in hand comes a moment later.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly byte[] _buffer = new byte[BufferSize];
    private volatile bool _replaced;
    private byte[] _rest = []; // the beginning of a line whose end is not written yet
    private FileSystemWatcher? _watcher;

    /// <summary>Makes a follower look again: the container may have ended.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    public async Task CopyAsync(Stream output, CancellationToken ct)
    {
        var writer = new LogWriter(output, options);
        if (options.Follow) Watch();
        var over = ended(); // asked before the file: what is written until then is read
        var file = Open();
        try
        {
            if (file is not null) file.Position = Start(file);
            while (true)
            {
                file ??= Open();
                if (file is not null) await DrainAsync(file, writer, ct);
                if (writer.Full || !options.Follow) return;
                if (_replaced && !ReopenedAlready(file))
                {
                    if (file is not null)
                    {
                        do await Task.Delay(Settle, time, ct);
                        while (await DrainAsync(file, writer, ct)); // what was written between the last look and the runtime's last word
                        await file.DisposeAsync();
                    }
                    file = null;
                    continue;
                }
                if (over) return;
                await _wake.Reader.ReadAsync(ct);
                over = ended();
            }
        }
        finally
        {
            if (file is not null) await file.DisposeAsync();
        }
    }

    public void Dispose() => _watcher?.Dispose();

    private void Watch()
    {
        var directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory);
        _watcher = new FileSystemWatcher(directory, Path.GetFileName(path)) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
        _watcher.Changed += (_, _) => Wake();
        _watcher.Error += (_, _) => Wake();
        _watcher.Created += (_, _) =>
        {
            _replaced = true;
            Wake();
        };
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>The news that a file was made may come after that file was opened: it is not read twice.</summary>
    private bool ReopenedAlready(FileStream? file)
    {
        _replaced = false; // before the look: another one after it is told anew
        return file is not null && FileKinds.IsAt(file.SafeFileHandle, path);
    }

    /// <summary>Null while there is none: a container that has said nothing yet.</summary>
    private FileStream? Open()
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException) { return null; }
    }

    /// <returns>Whether there was anything.</returns>
    private async Task<bool> DrainAsync(FileStream file, LogWriter writer, CancellationToken ct)
    {
        var any = false;
        while (!writer.Full && await file.ReadAsync(_buffer, ct) is var read and > 0)
        {
            any = true;
            Split(_buffer.AsSpan(0, read), writer);
            await writer.FlushAsync(ct);
        }
        return any;
    }

    private void Split(ReadOnlySpan<byte> bytes, LogWriter writer)
    {
        for (var end = bytes.IndexOf((byte)'\n'); end >= 0; end = bytes.IndexOf((byte)'\n'))
        {
            if (_rest.Length > 0)
            {
                writer.Add([.. _rest, .. bytes[..end]]);
                _rest = [];
            }
            else writer.Add(bytes[..end]);
            bytes = bytes[(end + 1)..];
        }
        if (bytes.Length > 0) _rest = [.. _rest, .. bytes];
    }

    /// <summary>Where the wanted number of lines from the end begins: read backwards, block by block.</summary>
    private long Start(FileStream file)
    {
        if (options.TailLines is not { } lines) return 0;
        if (lines <= 0) return file.Length;
        var (position, left) = (file.Length, lines);
        var last = true;
        while (position > 0)
        {
            var size = (int)Math.Min(BufferSize, position);
            position -= size;
            file.Position = position;
            file.ReadExactly(_buffer, 0, size);
            for (var i = size - 1; i >= 0; i--)
            {
                if (_buffer[i] != '\n') { last = false; continue; }
                if (last) last = false; // the end of the last line
                else if (--left == 0) return position + i + 1;
            }
        }
        return 0;
    }
}
