namespace Coxswain.Node.Pods;

/// <summary>What a Pod worker does after a step.</summary>
/// <param name="Again">Look again at once: something was done.</param>
/// <param name="Ended">The Pod is gone for good.</param>
/// <param name="After">Else sleep, at most so long; null until woken.</param>
internal readonly record struct StepResult(bool Again, bool Ended, TimeSpan? After)
{
    public static StepResult Repeat { get; } = new(true, false, null);
    public static StepResult Idle { get; } = new(false, false, null);
    public static StepResult Over { get; } = new(false, true, null);
    public static StepResult Wait(TimeSpan? after) => new(false, false, after);
}
