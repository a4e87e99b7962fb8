namespace Coxswain.Soak;

/// <summary>One thing that was wrong.</summary>
/// <param name="Invariant">One of <see cref="Soak.Invariant"/>.</param>
internal sealed record Finding(int Round, string Fault, string Invariant, string Detail, DateTime At);
