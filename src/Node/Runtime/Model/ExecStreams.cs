using System.Threading.Channels;

namespace Coxswain.Node.Runtime;

/// <summary>The ends of an exec's streams. The caller keeps ownership: the runtime reads and writes but closes none.</summary>
public sealed record ExecStreams
{
    /// <summary>Read until its end, which closes the command's stdin; null for none.</summary>
    public Stream? Stdin { get; init; }
    public Stream? Stdout { get; init; }
    /// <summary>Stays silent with <see cref="Tty"/>: a terminal has one output.</summary>
    public Stream? Stderr { get; init; }
    public bool Tty { get; init; }
    /// <summary>New sizes of the terminal; null for none.</summary>
    public ChannelReader<TerminalSize>? Resizes { get; init; }
}
