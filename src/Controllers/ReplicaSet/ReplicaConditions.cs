namespace Coxswain.Controllers;

/// <summary>The one condition that both kinds of replica owner have: ReplicaFailure.</summary>
internal static class ReplicaConditions
{
    public const string Failure = "ReplicaFailure";

    /// <summary>The conditions with this failure among them, or without any.</summary>
    /// <param name="describe">A condition's type and reason.</param>
    /// <returns><paramref name="old"/> itself when nothing is to be changed; null for none.</returns>
    public static IList<T>? With<T>(IList<T>? old, ReplicaFailure? failure, Func<T, (string Type, string? Reason)> describe, Func<ReplicaFailure, T> make)
    {
        var known = (old ?? []).Select(describe).FirstOrDefault(condition => condition.Type == Failure);
        if (known.Reason == failure?.Reason) return old;
        List<T> all = [.. (old ?? []).Where(condition => describe(condition).Type != Failure)];
        if (failure is not null) all.Add(make(failure));
        return all.Count == 0 ? null : all;
    }
}
