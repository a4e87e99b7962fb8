namespace Coxswain.Soak.Reports;

/// <summary>One round, as it went.</summary>
/// <param name="Detail">What was hit.</param>
/// <param name="Recovery">From the fault until all was well; null when it did not become so.</param>
/// <param name="Findings">How many things were wrong.</param>
internal sealed record RoundResult(int Round, string Fault, string Detail, TimeSpan? Recovery, int Findings);
