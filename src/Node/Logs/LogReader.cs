using System.Threading.Channels;
using Coxswain.Client;

namespace Coxswain.Node.Logs;

/// <summary>
/// Reads a container's log file from where it is asked to; following, it sleeps until the kernel tells of a write. A file that was rotated away is read to its end,
/// then the new one from its start.
/// </summary>
/// <param name="time">Of the pause after a rotation.</param>
/// <param name="ended">Whether the container has ended: nothing more will be written.</param>
internal sealed class LogReader(LogFile file, LogOptions options, TimeProvider time, Func<bool> ended) : IDisposable
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
        var log = file.Open();
        try
        {
            if (log is not null) log.Position = Start(log);
            while (true)
            {
                log ??= file.Open();
                if (log is not null) await DrainAsync(log, writer, ct);
                if (writer.Full || !options.Follow) return;
                if (_replaced && !ReopenedAlready(log))
                {
                    if (log is not null)
                    {
                        do await Task.Delay(Settle, time, ct);
                        while (await DrainAsync(log, writer, ct)); // what was written between the last look and the runtime's last word
                        await log.DisposeAsync();
                    }
                    log = null;
                    continue;
                }
                if (over) return;
                await _wake.Reader.ReadAsync(ct);
                over = ended();
            }
        }
        finally
        {
            if (log is not null) await log.DisposeAsync();
        }
    }

    public void Dispose() => _watcher?.Dispose();

    private void Watch()
    {
        file.MakeDirectory();
        _watcher = new FileSystemWatcher(Path.GetDirectoryName(file.Path)!, Path.GetFileName(file.Path))
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
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
    private bool ReopenedAlready(FileStream? open)
    {
        _replaced = false; // before the look: another one after it is told anew
        return file.Is(open);
    }

    /// <returns>Whether there was anything.</returns>
    private async Task<bool> DrainAsync(FileStream log, LogWriter writer, CancellationToken ct)
    {
        var any = false;
        while (!writer.Full && await log.ReadAsync(_buffer, ct) is var read and > 0)
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
    private long Start(FileStream log)
    {
        if (options.TailLines is not { } lines) return 0;
        if (lines <= 0) return log.Length;
        var (position, left) = (log.Length, lines);
        var last = true;
        while (position > 0)
        {
            var size = (int)Math.Min(BufferSize, position);
            position -= size;
            log.Position = position;
            log.ReadExactly(_buffer, 0, size);
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
