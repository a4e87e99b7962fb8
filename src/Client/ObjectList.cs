namespace Coxswain.Client;

/// <summary>One page of a list, or all of it.</summary>
/// <param name="ResourceVersion">Of the list: the point from which a watch continues it.</param>
public sealed record ObjectList<T>(IReadOnlyList<T> Items, string ResourceVersion, string? Continue);
