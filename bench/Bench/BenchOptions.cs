namespace Coxswain.Bench;

/// <summary>The command line.</summary>
internal sealed record BenchOptions
{
    public const string Usage = "usage: Bench --cox FILE --image FILE --work DIR [--out FILE] [--quick] [--only NAME[,NAME...]] [--http 1|2]";

    /// <summary>The native executable.</summary>
    public required string Cox { get; init; }
    /// <summary>An archive with <c>docker.io/library/busybox:latest</c>.</summary>
    public required string Image { get; init; }
    /// <summary>Everything that is made lies under it; its path is short, for sockets lie there too.</summary>
    public required string Work { get; init; }
    /// <summary>Where the table is written to as well.</summary>
    public string? Out { get; init; }
    /// <summary>Small numbers: shows that everything works, measures little.</summary>
    public bool Quick { get; init; }
    /// <summary>Names of measurements; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];
    /// <summary>What clients speak, each over a connection of its own.</summary>
    public Version Http { get; init; } = new(1, 1);

    /// <exception cref="ArgumentException">What is wrong with it, in one line.</exception>
    public static BenchOptions Parse(string[] args)
    {
        var given = new Dictionary<string, string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--quick") given["--quick"] = "";
            else if (i + 1 < args.Length && args[i] is "--cox" or "--image" or "--work" or "--out" or "--only" or "--http") given[args[i]] = args[++i];
            else throw new ArgumentException($"unknown flag, or a flag without its value: {args[i]}");
        }
        return new BenchOptions
        {
            Cox = Needed(given, "--cox"),
            Image = Needed(given, "--image"),
            Work = Needed(given, "--work"),
            Out = given.GetValueOrDefault("--out"),
            Quick = given.ContainsKey("--quick"),
            Only = given.GetValueOrDefault("--only")?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [],
            Http = given.GetValueOrDefault("--http", "1") switch
            {
                "1" or "1.1" => new Version(1, 1),
                "2" => new Version(2, 0),
                var other => throw new ArgumentException($"--http: \"{other}\" is neither 1 nor 2"),
            },
        };
    }

    private static string Needed(Dictionary<string, string> given, string flag) =>
        given.TryGetValue(flag, out var value) ? Path.GetFullPath(value) : throw new ArgumentException($"{flag} is missing");
}
