using System.Text.RegularExpressions;

namespace Coxswain.Soak.Clusters;

/// <summary>Reads a server's log for what must never stand in it.</summary>
internal sealed partial class LogWatch(Findings findings)
{
    /// <summary>What was said just before a stack trace names the fault better than the trace.</summary>
    private string _last = "";

    public void Take(string line)
    {
        if (StackFrame().IsMatch(line))
        {
            // One finding for each trace: its first frame follows a line that is none.
            if (!StackFrame().IsMatch(_last)) findings.Add(Invariant.Log, $"a stack trace: {Texts.Short(_last, 300)} {line.Trim()}");
        }
        else if (Fatal().IsMatch(line))
        {
            findings.Add(Invariant.Log, Texts.Short(line, 300));
        }
        _last = line;
    }

    [GeneratedRegex(@"^\s+at \S+.*(\(|\+ 0x)")]
    private static partial Regex StackFrame();

    [GeneratedRegex(@"Unhandled exception|Fatal error|^\d\d:\d\d:\d\d critical ")]
    private static partial Regex Fatal();
}
