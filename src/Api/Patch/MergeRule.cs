namespace Coxswain.Api;

/// <summary>How a field is patched strategically.</summary>
/// <param name="Merge">A list's items are merged, by <paramref name="Key"/>, or as a set when that is empty; else the list is replaced.</param>
/// <param name="Replace">A map is replaced as a whole.</param>
internal readonly record struct MergeRule(bool Merge, string Key = "", bool Replace = false);
