using System.Diagnostics;
using System.Text.Json;
using Coxswain.Network.Cni;

namespace Coxswain.Network.Tests.Cni;

public sealed class BridgeNetworkTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cox-cni-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Bridge_OfEachDataDirectory_HasANameOfItsOwnThatTheKernelTakes()
    {
        var a = new BridgeNetwork("/var/lib/a", "10.42.0.0/24", "10.42.0.0/16");
        Assert.NotEqual(a.Bridge, new BridgeNetwork("/var/lib/b", "10.42.0.0/24", "10.42.0.0/16").Bridge);
        Assert.Equal(a.Bridge, new BridgeNetwork("/var/lib/a", "10.1.0.0/24", "10.1.0.0/16").Bridge);
        Assert.InRange(a.Bridge.Length, 1, 15);
    }

    [Fact]
    public async Task SetUp_Twice_HasEachRuleOnceAndTearDownTakesAllBack()
    {
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists("/usr/sbin/iptables"), "needs root and iptables");
        var network = new BridgeNetwork(_directory.FullName, "10.214.9.0/24", "10.214.0.0/16");
        await network.SetUpAsync(Ct);
        await network.SetUpAsync(Ct);
        try
        {
            Assert.Equal(1, await RulesAsync(network, "nat"));
            Assert.Equal(2, await RulesAsync(network, "filter"));
            var file = Assert.Single(Directory.GetFiles(network.ConfigDirectory));
            var configuration = JsonElement.Parse(await File.ReadAllBytesAsync(file, Ct));
            Assert.Equal(["bridge", "portmap"], configuration.GetProperty("plugins").EnumerateArray().Select(p => p.GetProperty("type").GetString()));
        }
        finally { await network.TearDownAsync(CancellationToken.None); }
        Assert.Equal(0, await RulesAsync(network, "nat") + await RulesAsync(network, "filter"));
        Assert.Empty(_directory.GetFileSystemInfos());
    }

    private static async Task<int> RulesAsync(BridgeNetwork network, string table)
    {
        using var iptables = Process.Start(new ProcessStartInfo("iptables", ["-w", "-t", table, "-S"]) { RedirectStandardOutput = true })!;
        var output = await iptables.StandardOutput.ReadToEndAsync(Ct);
        await iptables.WaitForExitAsync(Ct);
        return output.Split('\n').Count(l => l.Contains(network.Name, StringComparison.Ordinal));
    }
}
