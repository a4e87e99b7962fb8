using System.Text;

namespace Coxswain.Network.Cni;

/// <summary>Finds rules of the packet filter by what stands in them, and deletes them.</summary>
internal static class Iptables
{
    /// <summary>One rule, as <c>iptables -S</c> lists it.</summary>
    /// <param name="Arguments">All behind the chain's name.</param>
    internal sealed record Rule(string Chain, string[] Arguments)
    {
        public string? Comment => After("--comment");
        public string? Target => After("-j");

        private string? After(string flag) =>
            Array.IndexOf(Arguments, flag) is >= 0 and var at && at + 1 < Arguments.Length ? Arguments[at + 1] : null;
    }

    /// <returns>The rules that were deleted.</returns>
    public static async Task<IReadOnlyList<Rule>> DeleteAsync(string table, Func<Rule, bool> which, CancellationToken ct)
    {
        var (_, output, _) = await Tool.ExecuteAsync("iptables", ["-w", "-t", table, "-S"], ct);
        List<Rule> found = [.. output.Split('\n').Select(Parse).OfType<Rule>().Where(which)];
        foreach (var rule in found) await Tool.RunAsync("iptables", ["-w", "-t", table, "-D", rule.Chain, .. rule.Arguments], ct);
        return found;
    }

    /// <summary>Reads <c>-A CHAIN ...</c>; null for other lines.</summary>
    internal static Rule? Parse(string line) => Words(line) is ["-A", var chain, .. var arguments] ? new Rule(chain, [.. arguments]) : null;

    /// <summary>Words are apart by blanks; quotes hold one together, a backslash makes the next sign an ordinary one.</summary>
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool quoted = false, any = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"') (quoted, any) = (!quoted, true);
            else if (c == ' ' && !quoted) End();
            else
            {
                if (c == '\\' && i + 1 < line.Length) c = line[++i];
                word.Append(c);
                any = true;
            }
        }
        End();
        return words;

        void End()
        {
            if (any) words.Add(word.ToString());
            word.Clear();
            any = false;
        }
    }
}
