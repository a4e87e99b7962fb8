using System.Globalization;

namespace Coxswain.ApiServer.Http;

/// <summary>One entry of an Accept header.</summary>
/// <param name="MediaType"><c>application/json</c>, <c>application/*</c>, <c>*/*</c>.</param>
/// <param name="Weight">Its <c>q</c>, 1 where it has none; 0 puts an entry last but does not rule it out.</param>
internal sealed record AcceptClause(string MediaType, double Weight, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>A parameter's value; empty when it is not there.</summary>
    public string this[string parameter] => Parameters.GetValueOrDefault(parameter, "");

    /// <summary>No client has nearly so many alternatives; those after them do not count.</summary>
    private const int Maximum = 256;

    /// <summary>The entries as Go clients and servers rank them: by weight, and what is spelt out before a star, whatever the star's weight.</summary>
    public static List<AcceptClause> InOrder(string header)
    {
        var clauses = new List<AcceptClause>();
        foreach (var entry in header.Split(',', Maximum + 1, StringSplitOptions.TrimEntries).Take(Maximum))
        {
            if (Parse(entry) is not { } clause) continue;
            // The two rules can contradict each other, so it matters that entries move forward one by one.
            var at = clauses.Count;
            while (at > 0 && clause.IsBefore(clauses[at - 1])) at--;
            clauses.Insert(at, clause);
        }
        return clauses;
    }

    private bool IsBefore(AcceptClause other) => Weight > other.Weight
        || (!MediaType.StartsWith('*') && other.MediaType.StartsWith('*'))
        || (!MediaType.EndsWith('*') && other.MediaType.EndsWith('*'));

    private static AcceptClause? Parse(string entry)
    {
        var parts = entry.Split(';', Maximum, StringSplitOptions.TrimEntries);
        if (parts[0] != "*" && parts[0].Count(c => c == '/') != 1) return null;
        var weight = 1d;
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in parts.AsSpan(1))
        {
            var equals = part.IndexOf('=');
            if (equals < 0) continue;
            var (name, value) = (part[..equals].TrimEnd(), part[(equals + 1)..].TrimStart());
            if (name != "q") parameters[name] = value;
            else if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out weight)) weight = 0;
        }
        return new AcceptClause(parts[0] == "*" ? "*/*" : parts[0], weight, parameters);
    }
}
