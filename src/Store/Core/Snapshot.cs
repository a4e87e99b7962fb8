namespace Coxswain.Store.Core;

/// <summary>What readers see: swapped whole, after the events up to its revision are in the history.</summary>
internal sealed record Snapshot(KeyTree Tree, long Revision);
