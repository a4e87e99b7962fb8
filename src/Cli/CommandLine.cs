using System.CommandLine;
using System.CommandLine.Parsing;

namespace Coxswain.Cli;

/// <summary>Runs one command line: what is wrong with it is said in one line, with exit code 2.</summary>
public static class CommandLine
{
    // A file of arguments (@FILE) is nothing that a kubelet takes, and a value may begin with that sign.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <param name="kubeletArgs">The variable <c>KUBELET_ARGS</c>, as in <see cref="WithKubeletArgs"/>.</param>
    public static async Task<int> RunAsync(RootCommand root, string[] args, string? kubeletArgs, TextWriter output, TextWriter error)
    {
        var all = WithKubeletArgs(root, args, kubeletArgs);
        var parsed = root.Parse(all, Parsing);
        var name = Name(parsed.CommandResult.Command);
        var where = all.Length == args.Length ? "" : $"; KUBELET_ARGS adds {kubeletArgs!.Trim()}";
        if (parsed.Errors.Count > 0 || FlagTakenForArgument(parsed) is not null)
        {
            await error.WriteLineAsync($"{name}: {Problem(parsed, all)}{where} (see {name} --help)");
            return 2;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = output });
        }
        catch (UsageException e)
        {
            await error.WriteLineAsync($"{name}: {e.Message}{where}");
            return 2;
        }
    }

    /// <summary>
    /// The arguments with those of the variable <c>KUBELET_ARGS</c> put behind <c>up</c>, as the tutorial's kubelet takes them. A flag that the
    /// command line itself gives wins, by whichever of its names.
    /// </summary>
    private static string[] WithKubeletArgs(RootCommand root, string[] args, string? kubeletArgs)
    {
        if (string.IsNullOrWhiteSpace(kubeletArgs) || args is not ["up", ..]) return args;
        var flags = root.Subcommands.Single(c => c.Name == "up").Options;
        var given = args.Where(a => a.StartsWith('-')).Select(Flag).ToHashSet();
        var added = new List<string>();
        var keep = true;
        foreach (var word in kubeletArgs.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.StartsWith('-')) keep = !given.Contains(Flag(word));
            if (keep) added.Add(word);
        }
        return ["up", .. added, .. args[1..]];

        string Flag(string word)
        {
            var written = word.Split('=')[0];
            return flags.FirstOrDefault(o => o.Aliases.Contains(written))?.Name ?? written;
        }
    }

    /// <summary>The parser takes a flag that it does not know for an argument, where the command has one.</summary>
    private static string? FlagTakenForArgument(ParseResult parsed) =>
        parsed.Tokens.Any(t => t.Type == TokenType.DoubleDash) ? null
            : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).FirstOrDefault(t => t.Value is ['-', _, ..])?.Value;

    private static string Problem(ParseResult parsed, string[] args)
    {
        if (FlagTakenForArgument(parsed) is { } flagged) return $"unknown flag {flagged}";
        if (parsed.UnmatchedTokens is [var token, ..])
        {
            if (token.StartsWith('-')) return $"unknown flag {token}";
            if (args.FirstOrDefault(a => a.StartsWith('-') && a.EndsWith('=' + token)) is { } switched) return $"{switched[..^(token.Length + 1)]}: takes no value, and got \"{token}\"";
            return $"{(parsed.CommandResult.Command.Subcommands.Count > 0 ? "unknown command" : "unexpected argument")} {token}";
        }
        return parsed.Errors[0] switch
        {
            { SymbolResult: OptionResult { Tokens: [] } flag } => $"{Names(flag.Option)}: needs a value",
            { SymbolResult: OptionResult { Tokens: [_, _, ..] } flag } => $"{Names(flag.Option)}: one value, not {flag.Tokens.Count} ({string.Join(", ", flag.Tokens.Select(t => $"\"{t.Value}\""))})",
            { SymbolResult: ArgumentResult missing } => $"needs {missing.Argument.Name}",
            { SymbolResult: CommandResult { Command: var command } } when command.Subcommands.Count > 0 => $"needs a command: {string.Join(", ", command.Subcommands.Select(c => c.Name))}",
            var other => other.Message,
        };
    }

    private static string Names(Option flag) => flag.Aliases.Count == 0 ? flag.Name : $"{flag.Name} (or {string.Join(", ", flag.Aliases)})";

    private static string Name(Command command)
    {
        var names = new List<string>();
        for (Symbol? c = command; c is Command; c = c.Parents.FirstOrDefault()) names.Insert(0, c is RootCommand ? "cox" : c.Name);
        return string.Join(' ', names);
    }
}
