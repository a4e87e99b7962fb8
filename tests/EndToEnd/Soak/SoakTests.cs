using System.Text.Json.Nodes;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Soak;

/// <summary>The soak in its shortest form, so that it works when half an hour of it is wanted.</summary>
public sealed class SoakTests
{
    /// <summary>One of each room, each once.</summary>
    private static readonly string[] Faults =
        ["everything-killed", "disk-full", "log-damaged", "keys-damaged", "bombs", "hostile-bytes"];

    [Fact]
    public async Task OneRoundOfEachKind_FindsNothing_AndReportsIt()
    {
        var (result, report) = await RunAsync("--only", string.Join(',', Faults), "--rounds", $"{Faults.Length}", "--minutes", "3");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Matches(@"\n\d+ passed, 0 failed\n$", result.Output);
        Assert.Equal(Faults.Order(), report["faults"]!.AsArray().Select(f => (string)f!["fault"]!));
        Assert.Equal(0, (int)report["lostWrites"]!);
        Assert.Equal(0, (int)report["bystandersDisturbed"]!);
        Assert.InRange((long)report["acknowledgedWrites"]!, 20, long.MaxValue);
        Assert.InRange((long)report["watchEvents"]!, 20, long.MaxValue);
        Assert.InRange((long)report["reads"]!, 20, long.MaxValue);
        Assert.Empty(report["findings"]!.AsArray());
    }

    /// <summary>One that never fails would show nothing: here an object is deleted behind its writer's back.</summary>
    [Fact]
    public async Task WriteThatIsLost_IsFound()
    {
        var (result, report) = await RunAsync("--only", "write-lost", "--rounds", "1", "--minutes", "1");

        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@"\n\d+ passed, 2 failed\n$", result.Output); // the round, and what it broke
        // By its writer, by the comparison with the list, or by both.
        Assert.InRange((int)report["lostWrites"]!, 1, 2);
        Assert.All(report["findings"]!.AsArray(), finding =>
        {
            Assert.Equal("nothing acknowledged is lost or comes back", (string)finding!["invariant"]!);
            Assert.Matches(@"^w0-\d\d[:,] ", (string)finding["detail"]!);
        });
    }

    private static async Task<(CommandResult Result, JsonNode Report)> RunAsync(params string[] args)
    {
        var directory = Directory.CreateTempSubdirectory("cox-e2e-");
        try
        {
            var (work, reports) = (directory.CreateSubdirectory("w").FullName, directory.CreateSubdirectory("r").FullName);
            var soak = Path.Combine(Repository.Root, "artifacts/build/bin/Soak/debug/Soak.dll");
            string[] all =
            [
                "exec", soak, "--cox", Repository.Cox, "--image", Path.Combine(Repository.Images, "busybox.tar"), "--work", work,
                "--out", reports, "--pods", "6", "--writers", "2", "--responsive-ms", "10000", "--seed", "7", .. args,
            ];
            var result = await Command.RunAsync("dotnet", all);
            Assert.False(Directory.Exists(work), "what it worked in is still there");
            var report = await File.ReadAllTextAsync(Path.Combine(reports, "report.json"), TestContext.Current.CancellationToken);
            return (result, JsonNode.Parse(report)!);
        }
        finally { directory.Delete(recursive: true); }
    }
}
