namespace Coxswain.Node.Runtime;

/// <summary>Where a profile comes from.</summary>
public enum SecurityProfileType { RuntimeDefault, Unconfined, Localhost }

/// <summary>A seccomp or AppArmor profile.</summary>
/// <param name="LocalhostRef">With <see cref="SecurityProfileType.Localhost"/>: the absolute path of a seccomp profile, or an AppArmor profile's name.</param>
public sealed record SecurityProfile(SecurityProfileType Type, string LocalhostRef = "");
