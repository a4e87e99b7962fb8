using System.Globalization;
using System.Text;

namespace Coxswain.Api;

/// <summary>
/// Where two texts differ, line by line, in the unified format with three lines around each change. What belongs together is found as Python's <c>difflib</c> does (longest
/// common run first, then left and right of it), so that the answer is the one that upstream's messages show.
/// </summary>
public static class UnifiedDiff
{
    private const int Around = 3;
    /// <summary>In texts of this many lines, lines that stand all over the place are no anchors.</summary>
    private const int Long = 200;
    /// <summary>In characters; a longer difference is cut.</summary>
    private const int MaximumText = 1024 * 1024;
    /// <summary>How many pairs of lines are compared; the rest of longer texts counts as replaced.</summary>
    private const int MostWork = 200_000;

    private readonly record struct Run(int A, int B, int Length);

    /// <summary>A part of both texts that is still to be looked at, or the run that was found in it.</summary>
    private readonly record struct Part(int A, int EndA, int B, int EndB, Run? Found);

    private enum Change { Same, Replaced, Removed, Added }

    private readonly record struct Step(Change Change, int A, int EndA, int B, int EndB);

    /// <summary>Empty when the texts are alike.</summary>
    public static string Of(string before, string after)
    {
        var (a, b) = (before.Split('\n'), after.Split('\n'));
        var text = new StringBuilder();
        foreach (var group in Groups(Steps(a, b)))
        {
            Write(text, group, a, b);
            if (text.Length > MaximumText) break;
        }
        return text.Length > MaximumText ? text.ToString(0, MaximumText) : text.ToString();
    }

    private static void Write(StringBuilder text, List<Step> group, string[] a, string[] b)
    {
        text.Append("@@ -").Append(Range(group[0].A, group[^1].EndA)).Append(" +").Append(Range(group[0].B, group[^1].EndB)).Append(" @@\n");
        foreach (var step in group)
        {
            if (step.Change == Change.Same)
            {
                for (var i = step.A; i < step.EndA; i++) text.Append(' ').Append(a[i]).Append('\n');
                continue;
            }
            for (var i = step.A; i < step.EndA && text.Length <= MaximumText; i++) text.Append('-').Append(a[i]).Append('\n');
            for (var i = step.B; i < step.EndB && text.Length <= MaximumText; i++) text.Append('+').Append(b[i]).Append('\n');
        }
    }

    /// <summary>The first line's number and how many there are; an empty range is named by the line before it.</summary>
    private static string Range(int start, int end) => (end - start) switch
    {
        1 => (start + 1).ToString(CultureInfo.InvariantCulture),
        0 => string.Create(CultureInfo.InvariantCulture, $"{start},0"),
        var length => string.Create(CultureInfo.InvariantCulture, $"{start + 1},{length}"),
    };

    /// <summary>The steps in groups, each a change and what is around it; long stretches of sameness part the groups.</summary>
    private static List<List<Step>> Groups(List<Step> steps)
    {
        var groups = new List<List<Step>>();
        var group = new List<Step>();
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            if (step.Change == Change.Same)
            {
                if (i == 0) step = Tail(step);
                if (i == steps.Count - 1) step = Head(step);
                if (step.EndA - step.A > 2 * Around)
                {
                    group.Add(Head(step));
                    groups.Add(group);
                    group = [];
                    step = Tail(step);
                }
            }
            group.Add(step);
        }
        if (group.Any(s => s.Change != Change.Same)) groups.Add(group);
        return groups;
    }

    private static Step Head(Step s) => s with { EndA = Math.Min(s.EndA, s.A + Around), EndB = Math.Min(s.EndB, s.B + Around) };

    private static Step Tail(Step s) => s with { A = Math.Max(s.A, s.EndA - Around), B = Math.Max(s.B, s.EndB - Around) };

    private static List<Step> Steps(string[] a, string[] b)
    {
        var runs = new List<Run>();
        Collect(a, b, PlacesOf(b), runs);
        runs.Add(new Run(a.Length, b.Length, 0));
        var steps = new List<Step>();
        var (i, j) = (0, 0);
        foreach (var run in runs)
        {
            if (i < run.A || j < run.B)
            {
                var change = i == run.A ? Change.Added : j == run.B ? Change.Removed : Change.Replaced;
                steps.Add(new Step(change, i, run.A, j, run.B));
            }
            (i, j) = (run.A + run.Length, run.B + run.Length);
            if (run.Length == 0) continue;
            // Two runs that touch in both texts are one.
            if (steps.Count > 0 && steps[^1] is { Change: Change.Same } last) steps[^1] = last with { EndA = i, EndB = j };
            else steps.Add(new Step(Change.Same, run.A, i, run.B, j));
        }
        return steps;
    }

    private static Dictionary<string, List<int>> PlacesOf(string[] b)
    {
        var places = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var j = 0; j < b.Length; j++)
        {
            if (!places.TryGetValue(b[j], out var list)) places.Add(b[j], list = []);
            list.Add(j);
        }
        if (b.Length < Long) return places;
        var most = b.Length / 100 + 1;
        foreach (var (line, list) in places.ToList())
        {
            if (list.Count > most) places.Remove(line);
        }
        return places;
    }

    /// <summary>Adds the runs in order: those left of a run, the run, those right of it. Not recursive, for there can be as many runs as lines.</summary>
    private static void Collect(string[] a, string[] b, Dictionary<string, List<int>> places, List<Run> runs)
    {
        var work = 0;
        var rest = new Stack<Part>([new Part(0, a.Length, 0, b.Length, null)]);
        while (rest.TryPop(out var part))
        {
            if (part.Found is { } run)
            {
                runs.Add(run);
                continue;
            }
            if (part.A >= part.EndA || part.B >= part.EndB) continue;
            var best = Longest(a, b, places, part.A, part.EndA, part.B, part.EndB, ref work);
            if (best.Length == 0) continue;
            rest.Push(new Part(best.A + best.Length, part.EndA, best.B + best.Length, part.EndB, null));
            rest.Push(part with { Found = best });
            rest.Push(new Part(part.A, best.A, part.B, best.B, null));
        }
    }

    /// <summary>The longest run of equal lines; of several, the first in <paramref name="a"/>, then in <paramref name="b"/>.</summary>
    private static Run Longest(
        string[] a, string[] b, Dictionary<string, List<int>> places, int startA, int endA, int startB, int endB, ref int work)
    {
        var best = new Run(startA, startB, 0);
        var lengths = new Dictionary<int, int>(); // of the run that ends at each line of b
        for (var i = startA; i < endA && work <= MostWork; i++)
        {
            work++;
            var next = new Dictionary<int, int>();
            foreach (var j in places.GetValueOrDefault(a[i]) ?? [])
            {
                work++;
                if (j < startB) continue;
                if (j >= endB) break;
                var length = next[j] = lengths.GetValueOrDefault(j - 1) + 1;
                if (length > best.Length) best = new Run(i - length + 1, j - length + 1, length);
            }
            lengths = next;
        }
        // Lines that are no anchors may still belong to the run.
        var (x, y, n) = best;
        while (x > startA && y > startB && a[x - 1] == b[y - 1]) (x, y, n) = (x - 1, y - 1, n + 1);
        while (x + n < endA && y + n < endB && a[x + n] == b[y + n]) n++;
        return new Run(x, y, n);
    }
}
