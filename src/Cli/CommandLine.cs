using System.CommandLine;

namespace Coxswain.Cli;

/// <summary>Runs one command line: what is wrong with it is said in one line, with exit code 2.</summary>
public static class CommandLine
{
    public static async Task<int> RunAsync(RootCommand root, string[] args, TextWriter error)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            var message = parsed.UnmatchedTokens is [var token, ..] ? $"unknown {(token.StartsWith('-') ? "flag" : "command")} {token}" : parsed.Errors[0].Message;
            await error.WriteLineAsync($"{Name(parsed.CommandResult.Command)}: {message} (see {Name(parsed.CommandResult.Command)} --help)");
            return 2;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (UsageException e)
        {
            await error.WriteLineAsync($"{Name(parsed.CommandResult.Command)}: {e.Message}");
            return 2;
        }
    }

    /// <summary>
    /// The arguments with those of the variable <c>KUBELET_ARGS</c> put behind <c>up</c>, as the tutorial's kubelet takes them. A flag that the
    /// command line itself gives wins.
    /// </summary>
    public static string[] WithKubeletArgs(string[] args, string? kubeletArgs)
    {
        if (string.IsNullOrWhiteSpace(kubeletArgs) || args is not ["up", ..]) return args;
        var given = args.Where(a => a.StartsWith('-')).Select(a => a.Split('=')[0]).ToHashSet();
        var added = new List<string>();
        var keep = true;
        foreach (var word in kubeletArgs.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.StartsWith('-')) keep = !given.Contains(word.Split('=')[0]);
            if (keep) added.Add(word);
        }
        return ["up", .. added, .. args[1..]];
    }

    private static string Name(Command command)
    {
        var names = new List<string>();
        for (Symbol? c = command; c is Command; c = c.Parents.FirstOrDefault()) names.Insert(0, c is RootCommand ? "cox" : c.Name);
        return string.Join(' ', names);
    }
}
