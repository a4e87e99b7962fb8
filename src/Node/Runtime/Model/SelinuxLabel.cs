namespace Coxswain.Node.Runtime;

/// <summary>The four parts of an SELinux label.</summary>
public sealed record SelinuxLabel(string User, string Role, string Type, string Level);
