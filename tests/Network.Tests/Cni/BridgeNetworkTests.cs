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

    [Fact]
    public async Task Remove_WithNothingButTheDirectory_TakesTheRulesAndHostPortsOfThatClusterOnly()
    {
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists("/usr/sbin/iptables"), "needs root and iptables");
        var (network, other) = (new BridgeNetwork(_directory.FullName, "10.214.10.0/24", "10.214.0.0/16"), new BridgeNetwork(_directory.FullName + "-other", "10.214.11.0/24", "10.214.0.0/16"));
        await network.SetUpAsync(Ct);
        await other.SetUpAsync(Ct);
        // As the portmap plugin makes them for a Pod with a host port.
        var (chain, otherChain) = ("CNI-DN-test" + network.Name[4..], "CNI-DN-test" + other.Name[4..]);
        await IptablesAsync("-N", "CNI-HOSTPORT-DNAT"); // there already, perhaps
        foreach (var (made, owner) in new[] { (chain, network), (otherChain, other) })
        {
            await IptablesAsync("-N", made);
            await IptablesAsync("-A", made, "-p", "tcp", "--dport", "61000", "-j", "DNAT", "--to-destination", "10.214.10.2:80");
            await IptablesAsync("-A", "CNI-HOSTPORT-DNAT", "-p", "tcp", "-m", "comment", "--comment", $"dnat name: \"{owner.Name}\" id: \"0\"", "-m", "multiport", "--dports", "61000", "-j", made);
        }
        try
        {
            _directory.Delete(recursive: true);
            await BridgeNetwork.RemoveAsync(_directory.FullName, Ct);

            Assert.Equal(0, await RulesAsync(network, "nat") + await RulesAsync(network, "filter"));
            Assert.Equal((2, 2), (await RulesAsync(other, "nat"), await RulesAsync(other, "filter")));
            Assert.DoesNotContain(chain, await IptablesAsync("-S"), StringComparison.Ordinal);
            Assert.Contains($"-N {otherChain}\n", await IptablesAsync("-S"), StringComparison.Ordinal);
        }
        finally
        {
            _directory.Create();
            await BridgeNetwork.RemoveAsync(_directory.FullName, CancellationToken.None);
            await BridgeNetwork.RemoveAsync(_directory.FullName + "-other", CancellationToken.None);
            Directory.Delete(_directory.FullName + "-other");
        }
    }

    private static async Task<string> IptablesAsync(params string[] arguments)
    {
        using var iptables = Process.Start(new ProcessStartInfo("iptables", ["-w", "-t", "nat", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await iptables.StandardOutput.ReadToEndAsync(Ct);
        await iptables.WaitForExitAsync(Ct);
        return output;
    }

    private static async Task<int> RulesAsync(BridgeNetwork network, string table)
    {
        using var iptables = Process.Start(new ProcessStartInfo("iptables", ["-w", "-t", table, "-S"]) { RedirectStandardOutput = true })!;
        var output = await iptables.StandardOutput.ReadToEndAsync(Ct);
        await iptables.WaitForExitAsync(Ct);
        return output.Split('\n').Count(l => l.Contains(network.Name, StringComparison.Ordinal));
    }
}
