namespace Coxswain.Soak;

/// <summary>What was found wrong, in the order it was seen. Safe for all threads.</summary>
internal sealed class Findings(TextWriter output)
{
    /// <summary>Of one invariant in one round; one fault in the code can show a thousand times.</summary>
    private const int Most = 10;

    private readonly List<Finding> _all = [];
    private readonly Dictionary<(int, string), int> _counts = [];
    private readonly HashSet<(int, string)> _details = [];

    /// <summary>0 before the first.</summary>
    public int Round { get; private set; }
    public string Fault { get; private set; } = "start";

    public void Begin(int round, string fault)
    {
        lock (_all) (Round, Fault) = (round, fault);
    }

    public void Add(string invariant, string detail)
    {
        lock (_all)
        {
            if (!_details.Add((Round, detail))) return; // the same again in the same round
            var count = _counts[(Round, invariant)] = _counts.GetValueOrDefault((Round, invariant)) + 1;
            if (count > Most) return;
            _all.Add(new Finding(Round, Fault, invariant, detail, DateTime.UtcNow));
            output.WriteLine($"    FOUND {invariant}: {detail}{(count == Most ? " (no more of these in this round)" : "")}");
        }
    }

    public IReadOnlyList<Finding> All { get { lock (_all) return [.. _all]; } }

    public int CountIn(int round) { lock (_all) return _all.Count(f => f.Round == round); }

    public int CountOf(string invariant) { lock (_all) return _counts.Where(c => c.Key.Item2 == invariant).Sum(c => c.Value); }
}
