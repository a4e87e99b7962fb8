using System.Globalization;

namespace Coxswain.Soak;

/// <summary>The command line.</summary>
internal sealed record SoakOptions
{
    public const string Usage =
        "usage: Soak --cox FILE --image FILE --work DIR [--out DIR] [--minutes N] [--rounds N] [--seed N] [--only FAULT[,FAULT...]]\n"
        + "            [--pods N] [--writers N] [--rss-mb N] [--responsive-ms N]\n"
        + "       Soak --list    prints the faults";

    private static readonly string[] Flags =
    [
        "--cox", "--image", "--work", "--out", "--minutes", "--rounds", "--seed", "--only",
        "--pods", "--writers", "--rss-mb", "--responsive-ms",
    ];

    /// <summary>The native executable.</summary>
    public required string Cox { get; init; }
    /// <summary>An archive with <c>docker.io/library/busybox:latest</c>.</summary>
    public required string Image { get; init; }
    /// <summary>Everything that is made lies under it; its path is short, because sockets lie there too.</summary>
    public required string Work { get; init; }
    /// <summary>Where the report and the server's log are written.</summary>
    public required string Out { get; init; }
    /// <summary>How long faults are injected; start and end come on top.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(30);
    /// <summary>It ends after so many rounds, should that come first.</summary>
    public int Rounds { get; init; } = int.MaxValue;
    /// <summary>Decides which faults come in which order, and what each of them does.</summary>
    public int Seed { get; init; }
    /// <summary>Names of faults; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];
    /// <summary>Pods that run all the time, 5 or more.</summary>
    public int Pods { get; init; } = 20;
    /// <summary>Clients that write without a pause.</summary>
    public int Writers { get; init; } = 4;
    /// <summary>What the server may have in memory, in bytes.</summary>
    public long MostResident { get; init; } = 500L << 20;
    /// <summary>How long another client may wait for a GET while the server is up.</summary>
    public TimeSpan Responsive { get; init; } = TimeSpan.FromSeconds(1);

    /// <exception cref="ArgumentException">What is wrong with it, in one line.</exception>
    public static SoakOptions Parse(string[] args)
    {
        var given = new Dictionary<string, string>();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!Flags.Contains(args[i])) throw new ArgumentException($"unknown flag {args[i]}");
            if (i + 1 == args.Length) throw new ArgumentException($"{args[i]} needs a value");
            given[args[i]] = args[i + 1];
        }
        return new SoakOptions
        {
            Cox = Path.GetFullPath(Needed(given, "--cox")),
            Image = Path.GetFullPath(Needed(given, "--image")),
            Work = Path.GetFullPath(Needed(given, "--work")),
            Out = Path.GetFullPath(given.GetValueOrDefault("--out", "artifacts/soak")),
            Duration = TimeSpan.FromMinutes(Number(given, "--minutes", 30, least: 0.05)),
            Rounds = (int)Number(given, "--rounds", int.MaxValue, least: 1),
            Seed = (int)Number(given, "--seed", Random.Shared.Next(1_000_000), least: 0),
            Only = KnownFaults(given.GetValueOrDefault("--only", "")),
            Pods = (int)Number(given, "--pods", 20, least: 5),
            Writers = (int)Number(given, "--writers", 4, least: 1),
            MostResident = (long)Number(given, "--rss-mb", 500, least: 1) << 20,
            Responsive = TimeSpan.FromMilliseconds(Number(given, "--responsive-ms", 1000, least: 1)),
        };
    }

    private static string Needed(Dictionary<string, string> given, string flag) =>
        given.TryGetValue(flag, out var value) ? value : throw new ArgumentException($"{flag} is missing");

    private static double Number(Dictionary<string, string> given, string flag, double otherwise, double least)
    {
        if (!given.TryGetValue(flag, out var text)) return otherwise;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture,
            out var value) && value >= least && value <= int.MaxValue)
            return value;
        throw new ArgumentException($"{flag}: \"{text}\" is not a number from {least.ToString(CultureInfo.InvariantCulture)}");
    }

    private static string[] KnownFaults(string text)
    {
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var name in names)
            if (FaultCatalog.Find(name) is null) throw new ArgumentException($"--only: there is no fault {name} (--list prints them)");
        return names;
    }
}
