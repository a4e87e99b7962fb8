using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Coxswain.Cli;
using Coxswain.Node.Linux;

namespace Coxswain;

/// <summary>The addresses of one cluster's Pods and Services. Chosen once, kept in the data directory: Pods that run must keep theirs.</summary>
internal sealed record AddressRanges(IPNetwork Pods, IPNetwork Services)
{
    /// <summary>The first /24 of the Pods' range: what the first node is given.</summary>
    public IPNetwork FirstNode => new(Pods.BaseAddress, Math.Max(24, Pods.PrefixLength));

    /// <exception cref="CommandException">A flag asks for another range than the cluster has, or one that this machine already uses.</exception>
    public static async Task<AddressRanges> ResolveAsync(DataDirectory directory, UpOptions options, CancellationToken ct)
    {
        using var held = await Reservations.HoldAsync(ct);
        if (Load(directory) is { } kept)
        {
            if (options.PodCidr is { } pods && pods != kept.Pods) throw new CommandException($"--pod-cidr: this cluster's Pods have {kept.Pods}; another range needs a new data directory, or 'cox reset'");
            if (options.ServiceCidr is { } services && services != kept.Services) throw new CommandException($"--service-cidr: this cluster's Services have {kept.Services}; another range needs a new data directory, or 'cox reset'");
            if (Reservations.Others(directory).FirstOrDefault(o => Overlap(o.Range, kept.Pods)) is { Owner: { } owner }) throw new CommandException($"the cluster in {owner} has taken this one's Pod addresses {kept.Pods} meanwhile; end it with 'cox reset --data-dir {owner}', or reset this one");
            Reservations.Add(directory, kept.Pods);
            return kept;
        }
        var chosen = Choose(directory, options.PodCidr, options.ServiceCidr);
        Reservations.Add(directory, chosen.Pods);
        Save(directory, chosen);
        return chosen;
    }

    public static AddressRanges? Load(DataDirectory directory)
    {
        if (!directory.Exists) return null;
        try
        {
            var json = JsonNode.Parse(File.ReadAllBytes(directory.ClusterFile));
            return new AddressRanges(IPNetwork.Parse((string)json!["podCidr"]!), IPNetwork.Parse((string)json["serviceCidr"]!));
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or FormatException or ArgumentNullException or NullReferenceException or InvalidOperationException)
        {
            throw new CommandException($"{directory.ClusterFile} is damaged ({e.Message}); it should read like {{\"podCidr\":\"10.42.0.0/16\",\"serviceCidr\":\"10.43.0.0/16\"}}");
        }
    }

    private static void Save(DataDirectory directory, AddressRanges ranges)
    {
        var json = new JsonObject { ["podCidr"] = ranges.Pods.ToString(), ["serviceCidr"] = ranges.Services.ToString() };
        var part = directory.ClusterFile + ".part";
        PrivateFile.WriteAllText(part, json.ToJsonString() + "\n");
        File.Move(part, directory.ClusterFile, overwrite: true);
    }

    private static AddressRanges Choose(DataDirectory directory, IPNetwork? pods, IPNetwork? services)
    {
        List<IPNetwork> used = [.. UsedOnThisMachine(), .. Reservations.Others(directory).Select(o => o.Range)];
        if (pods is { } asked)
        {
            if (used.Where(u => Overlap(u, asked)).Select(u => (IPNetwork?)u).FirstOrDefault() is { } other) throw new CommandException($"--pod-cidr: this machine already uses {other}, which overlaps {asked}");
            return new AddressRanges(asked, services ?? ServicesBeside(asked));
        }
        // 10.42 and 10.43, then the next pair: clusters side by side on one machine.
        for (var second = 42; second < 250; second += 2)
        {
            var candidate = IPNetwork.Parse($"10.{second}.0.0/16");
            if (!used.Any(u => Overlap(u, candidate)) && !(services is { } s && Overlap(s, candidate))) return new AddressRanges(candidate, services ?? ServicesBeside(candidate));
        }
        throw new CommandException("--pod-cidr: every range from 10.42.0.0/16 to 10.248.0.0/16 is in use on this machine; name a free one");
    }

    private static IPNetwork ServicesBeside(IPNetwork pods)
    {
        var first = pods.BaseAddress.GetAddressBytes();
        var candidate = IPNetwork.Parse($"10.{(first[0] == 10 ? (first[1] + 1) % 256 : 43)}.0.0/16");
        return Overlap(candidate, pods) ? IPNetwork.Parse("10.43.0.0/16") : candidate;
    }

    private static List<IPNetwork> UsedOnThisMachine() =>
        [.. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Where(a => a.Address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a.Address) && a.PrefixLength is > 0 and <= 32)
            .Select(a => new IPNetwork(Mask(a.Address, a.PrefixLength), a.PrefixLength))];

    private static bool Overlap(IPNetwork a, IPNetwork b) => a.Contains(b.BaseAddress) || b.Contains(a.BaseAddress);

    private static IPAddress Mask(IPAddress address, int prefix) => FromNumber(ToNumber(address) & (uint.MaxValue << (32 - prefix)));

    private static uint ToNumber(IPAddress address) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static IPAddress FromNumber(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
