namespace Coxswain.Scheduler;

/// <summary>One view of how well a node suits a Pod.</summary>
internal interface IScorer
{
    int Weight { get; }

    /// <summary>0 to 100 unless <see cref="Normalize"/> makes it so.</summary>
    long Score(PodInfo pod, NodeInfo node);

    /// <summary>Brings the scores of all nodes in question into 0 to 100.</summary>
    void Normalize(Span<long> scores) { }
}

internal static class Scores
{
    public const long Max = 100;

    /// <summary>The largest becomes 100, the rest in proportion; <paramref name="reverse"/>: the largest becomes 0.</summary>
    public static void Scale(Span<long> scores, bool reverse)
    {
        long max = 0;
        foreach (var score in scores) max = Math.Max(max, score);
        for (var i = 0; i < scores.Length; i++)
        {
            var share = max == 0 ? 0 : scores[i] * Max / max;
            scores[i] = reverse ? Max - share : share;
        }
    }
}
