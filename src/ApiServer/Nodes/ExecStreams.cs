using System.Threading.Channels;

namespace Coxswain.ApiServer.Nodes;

/// <summary>The caller's end of a command's streams; those that were not asked for are null.</summary>
/// <param name="Stdin">Ends when the caller closes it.</param>
/// <param name="Resizes">New sizes of the caller's terminal, the newest last.</param>
public sealed record ExecStreams(Stream? Stdin, Stream? Stdout, Stream? Stderr, ChannelReader<TerminalSize> Resizes);
