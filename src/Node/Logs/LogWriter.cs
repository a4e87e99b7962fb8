using System.Buffers;
using Coxswain.Client;

namespace Coxswain.Node.Logs;

/// <summary>Turns log entries into what the reader asked for.</summary>
internal sealed class LogWriter(Stream output, LogOptions options)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private long _left = options.LimitBytes ?? long.MaxValue;

    /// <summary>As many bytes as were asked for are out.</summary>
    public bool Full => _left <= 0;

    /// <param name="line">Of the file, without its line feed.</param>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (Full || !LogEntry.TryParse(line, out var entry)) return;
        if (options.Stream == "Stdout" && !entry.Stream.SequenceEqual("stdout"u8)) return;
        if (options.Stream == "Stderr" && !entry.Stream.SequenceEqual("stderr"u8)) return;
        if (options.Since is { } since && entry.At < since) return;
        if (options.Timestamps)
        {
            Write(entry.Timestamp);
            Write(" "u8);
        }
        Write(entry.Content);
        if (!entry.Partial) Write("\n"u8);
    }

    public async Task FlushAsync(CancellationToken ct)
    {
        if (_buffer.WrittenCount == 0) return;
        await output.WriteAsync(_buffer.WrittenMemory, ct);
        await output.FlushAsync(ct);
        _buffer.ResetWrittenCount();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _left) bytes = bytes[..(int)_left];
        _buffer.Write(bytes);
        _left -= bytes.Length;
    }
}
