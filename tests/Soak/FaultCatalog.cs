using Coxswain.Soak.Faults;

namespace Coxswain.Soak;

/// <summary>Every fault there is, and in which order they come.</summary>
internal static class FaultCatalog
{
    public static IReadOnlyList<IFault> All { get; } =
    [
        new ServerKilled(), new ServerTerminated(), new ContainerdKilled(), new ContainerdStopped(),
        new ShimKilled(), new ContainerKilled(), new PauseKilled(), new EverythingKilled(),
        new DiskFull(), new StartedOnFullDisk(),
        new DatabaseDamaged(), new LogDamaged(), new MarkDamaged(), new KeysDamaged(), new NodeFilesDamaged(), new StaticRubbish(),
        new HostileBodies(), new HostileBombs(), new HalfSentRequests(), new SlowReaders(), new HostileBytes(), new ManyConnections(),
    ];

    /// <summary>Only by name: shows that the soak finds what it looks for.</summary>
    private static IReadOnlyList<IFault> Hidden { get; } = [new WriteLost()];

    public static IFault? Find(string name) => All.Concat(Hidden).FirstOrDefault(f => f.Name == name);

    /// <summary>Without an end: all of them in a random order, then all of them in another.</summary>
    /// <param name="only">Names; empty for all.</param>
    public static IEnumerable<IFault> Order(IReadOnlyList<string> only, int seed)
    {
        var random = new Random(seed);
        IFault[] bag = only.Count == 0 ? [.. All] : [.. only.Select(n => Find(n)!)];
        while (true)
        {
            random.Shuffle(bag);
            foreach (var fault in bag.ToArray()) yield return fault;
        }
    }
}
