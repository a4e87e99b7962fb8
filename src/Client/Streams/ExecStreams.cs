using System.Threading.Channels;

namespace Coxswain.Client;

/// <summary>The caller's ends of a command's streams; those not asked for are null. The caller keeps ownership: who runs the command reads and writes but closes none.</summary>
public sealed record ExecStreams
{
    /// <summary>Read until its end, which closes the command's stdin; null for none.</summary>
    public Stream? Stdin { get; init; }
    public Stream? Stdout { get; init; }
    /// <summary>Stays silent with <see cref="Tty"/>: a terminal has one output.</summary>
    public Stream? Stderr { get; init; }
    public bool Tty { get; init; }
    /// <summary>New sizes of the caller's terminal, the newest last; null for none.</summary>
    public ChannelReader<TerminalSize>? Resizes { get; init; }
}
