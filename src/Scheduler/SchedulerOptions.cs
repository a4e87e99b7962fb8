namespace Coxswain.Scheduler;

/// <summary>Settings of the scheduler.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Takes care of Pods whose <c>schedulerName</c> is this.</summary>
    public string Name { get; init; } = "default-scheduler";

    /// <summary>Decides between nodes that are equally good.</summary>
    public Random Random { get; init; } = Random.Shared;
}
