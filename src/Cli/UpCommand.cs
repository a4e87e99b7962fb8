using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Coxswain.Api;

namespace Coxswain.Cli;

/// <summary><c>cox up</c>: the flags, what they may hold, and their defaults.</summary>
public static class UpCommand
{
    public static Command Create(Func<UpOptions, CancellationToken, Task<int>> run)
    {
        var dataDirectory = DataDirectoryOption.Create();
        var listen = new Option<string>("--listen") { HelpName = "ADDR:PORT", Description = "where the API server listens", DefaultValueFactory = _ => "127.0.0.1:6443" };
        var nodeName = new Option<string?>("--node-name") { HelpName = "NAME", Description = "the node's name (default: the host's name)" };
        var manifests = new Option<string?>("--pod-manifest-path", "--config") { HelpName = "DIR", Description = "directory of static Pods (default: DATA-DIR/static-pods)" };
        var manifestUrl = new Option<string?>("--manifest-url") { HelpName = "URL", Description = "a manifest of static Pods, asked every 20 seconds" };
        var clusterDns = new Option<string?>("--cluster-dns") { HelpName = "IP", Description = "the name server that Pods are given" };
        var clusterDomain = new Option<string>("--cluster-domain") { HelpName = "DOMAIN", Description = "the cluster's DNS domain", DefaultValueFactory = _ => "cluster.local" };
        var podCidr = new Option<string?>("--pod-cidr") { HelpName = "CIDR", Description = "addresses of Pods (default: 10.42.0.0/16, or the next free such range)" };
        var serviceCidr = new Option<string?>("--service-cidr") { HelpName = "CIDR", Description = "addresses of Services (default: 10.43.0.0/16, or what goes with the Pods' range)" };
        var runtime = new Option<string?>("--container-runtime-endpoint") { HelpName = "unix://PATH", Description = "a running containerd to use (default: start one of our own)" };
        var store = new Option<string>("--store") { HelpName = "sqlite|memory", Description = "where the cluster's state is kept", DefaultValueFactory = _ => "sqlite" };
        var acceptDataLoss = new Option<bool>("--accept-data-loss") { Description = "open a damaged store with what can be read of it; the damaged files are kept" };
        var eventTtl = new Option<string>("--event-ttl") { HelpName = "DURATION", Description = "how long Events are kept", DefaultValueFactory = _ => "24h" };
        var reading = InFlight("--max-requests-inflight", "read", "400");
        var writing = InFlight("--max-mutating-requests-inflight", "write", "200");
        var timeout = new Option<string>("--request-timeout")
        {
            HelpName = "DURATION",
            Description = "how long a request may take; watches, logs and commands have no such limit",
            DefaultValueFactory = _ => "1m0s",
        };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "log what every part does" };

        var command = new Command("up", "run a cluster in the foreground: API server, controllers, scheduler and one node")
        {
            dataDirectory, listen, nodeName, manifests, manifestUrl, clusterDns, clusterDomain, podCidr, serviceCidr, runtime, store, acceptDataLoss, eventTtl, reading, writing, timeout,
            verbose,
        };
        command.SetAction((parsed, ct) =>
        {
            var directory = DataDirectoryOption.Value(parsed.GetValue(dataDirectory)!);
            var options = new UpOptions
            {
                DataDirectory = directory,
                Listen = Endpoint("--listen", parsed.GetValue(listen)!),
                NodeName = NodeName("--node-name", parsed.GetValue(nodeName) ?? Environment.MachineName.ToLowerInvariant()),
                PodManifestPath = Path.GetFullPath(parsed.GetValue(manifests) ?? Path.Combine(directory, "static-pods")),
                ManifestUrl = Url("--manifest-url", parsed.GetValue(manifestUrl)),
                ClusterDns = Address("--cluster-dns", parsed.GetValue(clusterDns)),
                ClusterDomain = Domain("--cluster-domain", parsed.GetValue(clusterDomain)!),
                PodCidr = Cidr("--pod-cidr", parsed.GetValue(podCidr), 16, 24),
                ServiceCidr = Cidr("--service-cidr", parsed.GetValue(serviceCidr), 8, 28),
                ContainerRuntimeSocket = Socket("--container-runtime-endpoint", parsed.GetValue(runtime)),
                Store = parsed.GetValue(store) switch
                {
                    "sqlite" => StoreKind.Sqlite,
                    "memory" => StoreKind.Memory,
                    var other => throw new UsageException($"--store: \"{other}\" is neither sqlite nor memory"),
                },
                AcceptDataLoss = parsed.GetValue(acceptDataLoss),
                EventTtl = Duration("--event-ttl", parsed.GetValue(eventTtl)!),
                MaxRequestsInFlight = Count("--max-requests-inflight", parsed.GetValue(reading)!),
                MaxMutatingRequestsInFlight = Count("--max-mutating-requests-inflight", parsed.GetValue(writing)!),
                RequestTimeout = Duration("--request-timeout", parsed.GetValue(timeout)!, TimeSpan.FromDays(1)),
                Verbose = parsed.GetValue(verbose),
            };
            if (options is { PodCidr: { } pods, ServiceCidr: { } services } && (pods.Contains(services.BaseAddress) || services.Contains(pods.BaseAddress)))
                throw new UsageException($"--service-cidr: {services} overlaps --pod-cidr {pods}");
            return run(options, ct);
        });
        return command;
    }

    private static Option<string> InFlight(string flag, string what, string usual) => new(flag)
    {
        HelpName = "N",
        Description = $"how many requests that {what} are served at once; more get 429 (0: no limit)",
        DefaultValueFactory = _ => usual,
    };

    private static IPEndPoint Endpoint(string flag, string text)
    {
        if (IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port > 0 && text.EndsWith($":{endpoint.Port}", StringComparison.Ordinal) && IsWhole(endpoint.Address, text[..text.LastIndexOf(':')])) return endpoint;
        throw new UsageException($"{flag}: \"{text}\" is not ADDRESS:PORT (such as 127.0.0.1:6443, port 1 to 65535)");
    }

    private static string NodeName(string flag, string text) =>
        text.Length is > 0 and <= 253 && text.Split('.').All(IsDnsLabel)
            ? text
            : throw new UsageException($"{flag}: \"{text}\" is not a DNS name (lower-case letters, digits, '-' and '.')");

    private static string Domain(string flag, string text) =>
        text.Length is > 0 and <= 253 && text.TrimEnd('.').Split('.').All(IsDnsLabel)
            ? text.TrimEnd('.')
            : throw new UsageException($"{flag}: \"{text}\" is not a DNS domain");

    private static bool IsDnsLabel(string text) =>
        text.Length is > 0 and <= 63 && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-') && text[0] != '-' && text[^1] != '-';

    private static Uri? Url(string flag, string? text)
    {
        if (text is null) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") return url;
        throw new UsageException($"{flag}: \"{text}\" is not an http or https URL");
    }

    private static IPAddress? Address(string flag, string? text)
    {
        if (text is null) return null;
        return IPAddress.TryParse(text, out var address) && IsWhole(address, text) ? address : throw new UsageException($"{flag}: \"{text}\" is not an IP address");
    }

    /// <summary>The parser takes 10.1 for 10.0.0.1; who leaves numbers out mistyped.</summary>
    private static bool IsWhole(IPAddress address, string text) => address.AddressFamily != AddressFamily.InterNetwork || address.ToString() == text;

    private static IPNetwork? Cidr(string flag, string? text, int shortest, int longest)
    {
        if (text is null) return null;
        // The parser clears host bits silently; a range that is written wrongly was probably meant otherwise.
        if (!IPNetwork.TryParse(text, out var network) || network.BaseAddress.AddressFamily != AddressFamily.InterNetwork || network.ToString() != text)
            throw new UsageException($"{flag}: \"{text}\" is not an IPv4 range in CIDR form (such as 10.42.0.0/16; the address must be the range's first)");
        if (network.PrefixLength < shortest || network.PrefixLength > longest)
            throw new UsageException($"{flag}: \"{text}\" has a prefix of {network.PrefixLength}; /{shortest} to /{longest} will do");
        return network;
    }

    private static string? Socket(string flag, string? text)
    {
        if (text is null) return null;
        var path = text.StartsWith("unix://", StringComparison.Ordinal) ? text["unix://".Length..] : text;
        return Path.IsPathRooted(path) ? path : throw new UsageException($"{flag}: \"{text}\" is not unix:// and an absolute path (such as unix:///run/containerd/containerd.sock)");
    }

    private static TimeSpan Duration(string flag, string text) =>
        GoDuration.TryParse(text, out var duration) && duration > TimeSpan.Zero
            ? duration
            : throw new UsageException($"{flag}: \"{text}\" is not a duration above zero (such as 90m or 24h)");

    private static TimeSpan Duration(string flag, string text, TimeSpan longest) =>
        Duration(flag, text) is var duration && duration <= longest
            ? duration
            : throw new UsageException($"{flag}: {text} is longer than {GoDuration.Format(longest)}");

    private static int Count(string flag, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new UsageException($"{flag}: \"{text}\" is not a number from 0 to {int.MaxValue}");
}
