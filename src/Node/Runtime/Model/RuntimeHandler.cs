namespace Coxswain.Node.Runtime;

/// <summary>One of the ways in which a runtime makes containers, as RuntimeClasses name them, and what it can do.</summary>
/// <param name="Name">Empty for the default one.</param>
public sealed record RuntimeHandler(string Name, bool RecursiveReadOnlyMounts, bool UserNamespaces);
