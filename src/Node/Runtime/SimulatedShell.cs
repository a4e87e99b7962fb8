using System.Globalization;
using System.Text;

namespace Coxswain.Node.Runtime;

/// <summary>
/// The default behaviour of simulated containers: just enough of a shell for lessons and tests. Knows <c>true false echo cat sleep exit trap</c> in sequences
/// (<c>;</c>, <c>&amp;&amp;</c>), also behind <c>sh -c</c>, with <c>&gt;&amp;2</c>; a container's unknown command runs until stopped, an exec's ends with 0.
/// </summary>
public static class SimulatedShell
{
    public static SimulatedProcess Run(ContainerConfig config)
    {
        var command = config.Command.Concat(config.Args).ToList();
        return command.Count == 0 ? new SimulatedProcess() : Interpret(command, ReadOnlyMemory<byte>.Empty, new SimulatedProcess());
    }

    public static SimulatedProcess Exec(ContainerConfig config, IReadOnlyList<string> command, ReadOnlyMemory<byte> stdin) =>
        Interpret(command, stdin, new SimulatedProcess { RunsFor = TimeSpan.Zero });

    private static SimulatedProcess Interpret(IReadOnlyList<string> command, ReadOnlyMemory<byte> stdin, SimulatedProcess unknown)
    {
        // A process without a handler is deaf to SIGTERM when it is a namespace's first, as a container's is.
        var script = command.Count >= 3 && command[0].EndsWith("sh", StringComparison.Ordinal) && command[1] == "-c" ? command[2] : null;
        var result = new SimulatedProcess { RunsFor = TimeSpan.Zero, ExitCodeOnStop = unknown.RunsFor is null && script is null ? 143 : null };
        if (script is null) return Step(result, command, stdin).Process ?? unknown;
        var trapped = false;
        foreach (var step in script.Split([";", "&&"], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (next, ends) = Step(result, Words(step), stdin);
            if (next is null) return unknown with { Stdout = result.Stdout, Stderr = result.Stderr, ExitCodeOnStop = trapped ? result.ExitCodeOnStop : unknown.ExitCodeOnStop };
            trapped |= step.StartsWith("trap ", StringComparison.Ordinal);
            result = next;
            if (ends || result.RunsFor is null) break;
        }
        return result;
    }

    private static (SimulatedProcess? Process, bool Ends) Step(SimulatedProcess so, IReadOnlyList<string> words, ReadOnlyMemory<byte> stdin) => words[0] switch
    {
        "true" or ":" => (so with { ExitCode = 0 }, false),
        "false" => (so with { ExitCode = 1 }, false),
        "exit" => (so with { ExitCode = words.Count > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : so.ExitCode }, true),
        "sleep" when words.Count > 1 => (Sleep(so, words[1]), false),
        "trap" => (so with { ExitCodeOnStop = TrapExit(words) }, false),
        "cat" when words.Count == 1 => (so with { Stdout = so.Stdout + Encoding.UTF8.GetString(stdin.Span), ExitCode = 0 }, false),
        "echo" when words[^1] == ">&2" => (so with { Stderr = so.Stderr + string.Join(' ', words.Skip(1).SkipLast(1)) + "\n", ExitCode = 0 }, false),
        "echo" => (so with { Stdout = so.Stdout + string.Join(' ', words.Skip(1)) + "\n", ExitCode = 0 }, false),
        _ => (null, false),
    };

    private static SimulatedProcess Sleep(SimulatedProcess so, string duration) =>
        double.TryParse(duration, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds)
            ? so with { RunsFor = so.RunsFor + TimeSpan.FromSeconds(seconds), ExitCode = 0 }
            : so with { RunsFor = null };

    /// <summary><c>trap 'exit 7' TERM</c> ends with 7 on the stop signal; an empty handler ignores it.</summary>
    private static int? TrapExit(IReadOnlyList<string> words) =>
        words.Count > 1 && words[1].Split(' ') is ["exit", var code] ? int.Parse(code, CultureInfo.InvariantCulture) : words.Count > 1 && words[1] == "exit" ? 0 : null;

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quote = '\0';
        var started = false;
        foreach (var c in text)
        {
            if (quote != '\0' ? c == quote : c is '\'' or '"') (quote, started) = (quote == '\0' ? c : '\0', true);
            else if (quote == '\0' && c == ' ')
            {
                if (started) words.Add(word.ToString());
                word.Clear();
                started = false;
            }
            else
            {
                word.Append(c);
                started = true;
            }
        }
        if (started) words.Add(word.ToString());
        return words;
    }
}
