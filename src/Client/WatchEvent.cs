namespace Coxswain.Client;

/// <summary>What happened to an object.</summary>
public enum WatchEventType { Added, Modified, Deleted, Bookmark }

/// <summary>One event of a watch.</summary>
/// <param name="Value">For Deleted the last state; for Bookmark only <c>metadata.resourceVersion</c> counts.</param>
public readonly record struct WatchEvent<T>(WatchEventType Type, T Value);
