using System.Text.RegularExpressions;

namespace Coxswain.Soak.Clusters;

/// <summary>Reads a server's log for what must never stand in it.</summary>
internal sealed partial class LogWatch(Findings findings)
{
    /// <summary>The last line with a time: what it says names the fault better than the stack trace that may follow.</summary>
    private string _last = "";
    private bool _inTrace;

    public void Take(string line)
    {
        var isFrame = StackFrame().IsMatch(line);
        // One finding for each trace.
        if (isFrame && !_inTrace)
            findings.Add(Invariant.Log,
                $"a stack trace after: {Texts.Short(Time().Replace(_last, ""), 300)}: {Offset().Replace(line.Trim(), "")}");
        if (!isFrame && Fatal().IsMatch(line)) findings.Add(Invariant.Log, Texts.Short(Time().Replace(line, ""), 300));
        _inTrace = isFrame || (_inTrace && !Time().IsMatch(line));
        if (!_inTrace) _last = line;
    }

    [GeneratedRegex(@"^\s+at \S+.*(\(|\+ 0x)")]
    private static partial Regex StackFrame();

    [GeneratedRegex(@" \+ 0x[0-9a-f]+$")]
    private static partial Regex Offset();

    [GeneratedRegex(@"^\d\d:\d\d:\d\d ")]
    private static partial Regex Time();

    [GeneratedRegex(@"Unhandled exception|Fatal error|^\d\d:\d\d:\d\d critical ")]
    private static partial Regex Fatal();
}
