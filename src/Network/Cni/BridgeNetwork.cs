using System.Net.NetworkInformation;
using System.Text.Json;
using Coxswain.Api;

namespace Coxswain.Network.Cni;

/// <summary>
/// The node's Pod network by the standard CNI plugins: a bridge of its own, addresses from the node's range, host ports. Names come from the data directory,
/// so that clusters side by side do not collide. Masquerading is one rule for the whole range, not one chain a Pod: that is quicker with each Pod.
/// </summary>
/// <param name="dataDirectory">The cluster's; state goes to <c>cni/</c> in it.</param>
/// <param name="podCidr">The node's range, such as <c>10.42.0.0/24</c>; its first address is the bridge's.</param>
/// <param name="clusterCidr">The Pods of all nodes: traffic among them keeps its addresses.</param>
public sealed class BridgeNetwork(string dataDirectory, string podCidr, string clusterCidr)
{
    private readonly string _directory = Path.Combine(Path.GetFullPath(dataDirectory), "cni");

    public string Name => "cox-" + ShortHash.Of(Path.GetFullPath(dataDirectory));

    /// <summary>At most 15 characters: what the kernel takes.</summary>
    public string Bridge => Name;

    /// <summary>To be given to the runtime.</summary>
    public string ConfigDirectory => Path.Combine(_directory, "net.d");

    private string Addresses => Path.Combine(_directory, "addresses");
    private string ConfigFile => Path.Combine(ConfigDirectory, "10-coxswain.conflist");
    private string Comment => "coxswain " + Name;

    private string[][] Rules =>
    [
        ["nat", "POSTROUTING", "-s", podCidr, "!", "-d", clusterCidr, "-m", "comment", "--comment", Comment, "-j", "MASQUERADE"],
        // Where the host drops what it forwards, Pods must still get out and be reached.
        ["filter", "FORWARD", "-i", Bridge, "-m", "comment", "--comment", Comment, "-j", "ACCEPT"],
        ["filter", "FORWARD", "-o", Bridge, "-m", "comment", "--comment", Comment, "-j", "ACCEPT"],
    ];

    /// <summary>Writes the configuration the runtime waits for, and the rules. May be called again.</summary>
    /// <exception cref="IOException">The rules cannot be set; the message is iptables' own.</exception>
    public async Task SetUpAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(ConfigDirectory);
        Directory.CreateDirectory(Addresses);
        await Task.WhenAll(Rules.Select(rule => EnsureAsync(rule, ct)));
        // Moved into place whole: the runtime watches the directory.
        var draft = Path.Combine(_directory, "conflist.new");
        await File.WriteAllBytesAsync(draft, Configuration(), ct);
        File.Move(draft, ConfigFile, overwrite: true);
    }

    /// <summary>Removes bridge, rules, configuration and address book. To be called when no Pod is left.</summary>
    public Task TearDownAsync(CancellationToken ct) => RemoveAsync(dataDirectory, ct);

    /// <summary>
    /// The same for a cluster of which nothing is known but its directory: all that is its own has the bridge's name in it.
    /// </summary>
    public static async Task RemoveAsync(string dataDirectory, CancellationToken ct)
    {
        var network = new BridgeNetwork(dataDirectory, "", "");
        await Iptables.DeleteAsync("nat", rule => rule.Comment == network.Comment, ct);
        await Iptables.DeleteAsync("filter", rule => rule.Comment == network.Comment, ct);
        await RemoveHostPortsAsync(network.Name, ct);
        if (NetworkInterface.GetAllNetworkInterfaces().Any(i => i.Name == network.Bridge)) await Tool.RunAsync("ip", ["link", "delete", network.Bridge], ct);
        if (Directory.Exists(network._directory)) Directory.Delete(network._directory, recursive: true);
    }

    private static async Task EnsureAsync(string[] rule, CancellationToken ct)
    {
        if (await Tool.RunAsync("iptables", ["-w", "-t", rule[0], "-C", rule[1], .. rule[2..]], ct) is null) return;
        if (await Tool.RunAsync("iptables", ["-w", "-t", rule[0], "-A", rule[1], .. rule[2..]], ct) is { } error) throw new IOException($"iptables: {error}");
    }

    /// <summary>
    /// Host ports of Pods that did not end in order, each with a chain of its own; then the portmap plugin's common chains, which it
    /// leaves behind. Those belong to every
    /// cluster of the machine: they go when no Pod's chain is left.
    /// </summary>
    private static async Task RemoveHostPortsAsync(string name, CancellationToken ct)
    {
        const string Dnat = "CNI-HOSTPORT-DNAT";
        var comment = $"dnat name: \"{name}\" id: ";
        var own = await Iptables.DeleteAsync("nat", rule => rule.Chain == Dnat && rule.Comment?.StartsWith(comment, StringComparison.Ordinal) is true, ct);
        var chains = own.Select(rule => rule.Target).OfType<string>().Where(c => c.StartsWith("CNI-DN-", StringComparison.Ordinal)).Distinct();
        foreach (var chain in chains)
        {
            foreach (var step in (string[])["-F", "-X"]) await Tool.RunAsync("iptables", ["-w", "-t", "nat", step, chain], ct);
        }
        // Refused while the chain does not exist, or is in use beyond the two jumps: then all stays.
        string[][] steps =
        [
            ["-D", "PREROUTING", "-m", "addrtype", "--dst-type", "LOCAL", "-j", Dnat], ["-D", "OUTPUT", "-m", "addrtype", "--dst-type", "LOCAL", "-j", Dnat], ["-X", Dnat],
            ["-D", "POSTROUTING", "-m", "comment", "--comment", "CNI portfwd requiring masquerade", "-j", "CNI-HOSTPORT-MASQ"], ["-F", "CNI-HOSTPORT-MASQ"], ["-X", "CNI-HOSTPORT-MASQ"],
            ["-F", "CNI-HOSTPORT-SETMARK"], ["-X", "CNI-HOSTPORT-SETMARK"],
        ];
        if (await HasRulesAsync(Dnat, ct)) return;
        foreach (var step in steps) await Tool.RunAsync("iptables", ["-w", "-t", "nat", .. step], ct);
    }

    /// <returns>True also when the chain does not exist: then there is nothing to remove.</returns>
    private static async Task<bool> HasRulesAsync(string chain, CancellationToken ct)
    {
        var (code, output, _) = await Tool.ExecuteAsync("iptables", ["-w", "-t", "nat", "-S", chain], ct);
        return code != 0 || output.Contains("-A ", StringComparison.Ordinal);
    }

    private byte[] Configuration()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("cniVersion", "0.4.0");
            json.WriteString("name", Name);
            json.WriteStartArray("plugins");
            WriteBridge(json);
            json.WriteStartObject();
            json.WriteString("type", "portmap");
            json.WriteStartObject("capabilities");
            json.WriteBoolean("portMappings", true);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private void WriteBridge(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", "bridge");
        json.WriteString("bridge", Bridge);
        json.WriteBoolean("isGateway", true);
        json.WriteBoolean("hairpinMode", true);
        json.WriteStartObject("ipam");
        json.WriteString("type", "host-local");
        json.WriteString("dataDir", Addresses);
        json.WriteStartArray("ranges");
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("subnet", podCidr);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteStartArray("routes");
        json.WriteStartObject();
        json.WriteString("dst", "0.0.0.0/0");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
