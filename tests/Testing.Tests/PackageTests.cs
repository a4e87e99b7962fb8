using Coxswain.EndToEnd.Harness;

namespace Coxswain.Testing.Tests;

/// <summary>A project that knows only the packages (those pack.sh made) is restored, built and run, as another repository would.</summary>
[Collection(nameof(PackageTests))]
[CollectionDefinition(nameof(PackageTests), DisableParallelization = true)] // it is timed
public sealed class PackageTests : IDisposable
{
    private static readonly string Packages = Path.Combine(Repository.Root, "artifacts", "packages");
    private static readonly string Version = typeof(TestCluster).Assembly.GetName().Version!.ToString(3);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cox-consumer-");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>
    /// A cluster takes under 300 ms to start, the first of a process too: its packages are compiled ahead of time for this processor. What is left for the JIT compiler is
    /// counted, for no neighbour on the machine changes that. On a machine that is busy or slow, the bound is the processor time of the barest HTTPS server's start.
    /// </summary>
    [Fact]
    public async Task Consumer_OfThePackages_StartsAClusterInUnder300Milliseconds()
    {
        Assert.True(File.Exists(Path.Combine(Packages, $"Coxswain.Testing.{Version}.nupkg")), $"there are no packages of version {Version}: run ./pack.sh");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "Testing.Consumer"))) File.Copy(file, In(Path.GetFileName(file)));
        (await Command.RunAsync("dotnet",
        [
            "build", "-c", "Release", "-o", In("out"), "-nologo", "-v", "q", "-nodeReuse:false", "-p:UseSharedCompilation=false",
            $"-p:CoxswainVersion={Version}", $"-p:RestoreAdditionalProjectSources={Packages}",
            $"-p:RestorePackagesPath={In("packages")}", $"-p:RestoreFallbackFolders={PackageCache()}", // its own copy of ours, which change; what ours stand on is at hand
        ], new Dictionary<string, string> { ["TMPDIR"] = _directory.FullName }, directory: _directory.FullName)).Succeeded();

        var (cluster, bare) = (Start.Worst, Start.Worst);
        for (var i = 0; i < 5 && cluster.First >= 300; i++)
        {
            cluster = cluster.Best(await RunAsync());
            if (cluster.First >= 300) bare = bare.Best(await RunAsync("bare"));
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"cluster {cluster}, bare HTTPS server {bare}");
        Assert.InRange(cluster.Compiled, 1, 2600);
        Assert.True(cluster.First < 300 || cluster.Processor < bare.Processor * 5 / 2, $"the first cluster: {cluster}; a bare HTTPS server: {bare}");
    }

    private string In(string name) => Path.Combine(_directory.FullName, name);

    private async Task<Start> RunAsync(params string[] args)
    {
        // Diagnostics on, as a project's own tests have them: that is part of the time.
        var told = (await Command.RunAsync("dotnet", ["exec", In("out/Consumer.dll"), .. args], new Dictionary<string, string> { ["DOTNET_EnableDiagnostics"] = "1" })).Succeeded().Output.Split(' ').Select(int.Parse).ToArray();
        return new Start(told[0], told[1], told[2], told[3]);
    }

    /// <summary>Where this build's own packages came from.</summary>
    private static string PackageCache() => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <param name="First">Milliseconds until the first one of a process had started.</param>
    /// <param name="Processor">Milliseconds of one processor that took.</param>
    /// <param name="Compiled">Methods the JIT compiler met.</param>
    /// <param name="Second">Milliseconds of the next one in that process.</param>
    private sealed record Start(int First, int Processor, int Compiled, int Second)
    {
        public static readonly Start Worst = new(int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue);

        public Start Best(Start other) =>
            new(Math.Min(First, other.First), Math.Min(Processor, other.Processor), Math.Min(Compiled, other.Compiled), Math.Min(Second, other.Second));
    }
}
