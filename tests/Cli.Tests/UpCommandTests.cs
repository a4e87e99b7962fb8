using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Coxswain.Cli.Tests;

public sealed class UpCommandTests
{
    private static async Task<UpOptions> UpAsync(params string[] flags)
    {
        var cox = new Cox();
        Assert.Equal(0, await cox.RunAsync(["up", .. flags]));
        Assert.Equal("", cox.Error);
        return cox.Up!;
    }

    [Fact]
    public async Task Up_WithoutFlags_HasTheDefaults() => Assert.Equal(new UpOptions
    {
        DataDirectory = "/var/lib/coxswain",
        Listen = new IPEndPoint(IPAddress.Loopback, 6443),
        NodeName = Environment.MachineName.ToLowerInvariant(),
        PodManifestPath = "/var/lib/coxswain/static-pods",
        ManifestUrl = null,
        ClusterDns = null,
        ClusterDomain = "cluster.local",
        PodCidr = null, // 10.42.0.0/16, or the next one free on this machine
        ServiceCidr = null,
        ContainerRuntimeSocket = null,
        Store = StoreKind.Sqlite,
        AcceptDataLoss = false,
        EventTtl = TimeSpan.FromHours(24),
        RequestTimeout = TimeSpan.FromSeconds(60),
        MaxRequestsInFlight = 400,
        MaxMutatingRequestsInFlight = 200,
        Verbose = false,
    }, await UpAsync());

    /// <summary>A reader finds each flag of <c>up --help</c> in docs/running.md, and none that is gone.</summary>
    [Fact]
    public async Task Up_EveryFlag_IsDocumented()
    {
        var cox = new Cox();
        Assert.Equal(0, await cox.RunAsync(["up", "--help"]));
        var page = await File.ReadAllTextAsync(Path.Combine(Here(), "../../docs/running.md"), TestContext.Current.CancellationToken);
        var table = string.Join('\n', page.Split('\n').Where(line => line.StartsWith("| `-", StringComparison.Ordinal)));
        Assert.Equal(Flags(cox.Output).Except(["--help", "--verbose"]).Order(), Flags(table).Order());

        static IEnumerable<string> Flags(string text) => Regex.Matches(text, "--[a-z-]+").Select(m => m.Value).Distinct();
        static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
    }

    [Theory]
    [InlineData(' ')]
    [InlineData('=')]
    public async Task Up_WithEachFlag_TakesItsValue(char between)
    {
        string[] flags =
        [
            "--data-dir /data/one/", "--listen 0.0.0.0:7443", "--node-name worker-1.lab", "--pod-manifest-path /etc/kubelet.d/", "--manifest-url https://example.org/pod.yaml",
            "--cluster-dns 10.254.0.10", "--cluster-domain kube.local", "--pod-cidr 10.100.0.0/16", "--service-cidr 10.101.0.0/20",
            "--container-runtime-endpoint unix:///run/containerd/containerd.sock", "--store memory", "--event-ttl 1h30m",
            "--request-timeout 30s", "--max-requests-inflight 800", "--max-mutating-requests-inflight 0",
        ];
        Assert.Equal(new UpOptions
        {
            DataDirectory = "/data/one",
            Listen = IPEndPoint.Parse("0.0.0.0:7443"),
            NodeName = "worker-1.lab",
            PodManifestPath = "/etc/kubelet.d/",
            ManifestUrl = new Uri("https://example.org/pod.yaml"),
            ClusterDns = IPAddress.Parse("10.254.0.10"),
            ClusterDomain = "kube.local",
            PodCidr = IPNetwork.Parse("10.100.0.0/16"),
            ServiceCidr = IPNetwork.Parse("10.101.0.0/20"),
            ContainerRuntimeSocket = "/run/containerd/containerd.sock",
            Store = StoreKind.Memory,
            EventTtl = TimeSpan.FromMinutes(90),
            RequestTimeout = TimeSpan.FromSeconds(30),
            MaxRequestsInFlight = 800,
            MaxMutatingRequestsInFlight = 0,
            AcceptDataLoss = true,
            Verbose = true,
        }, await UpAsync([.. flags.SelectMany(f => f.Replace(' ', between).Split(' ')), "--accept-data-loss", "--verbose"]));
    }

    [Fact]
    public async Task Config_IsTheOldNameOfPodManifestPath() => Assert.Equal("/etc/kubelet.d", (await UpAsync("--config", "/etc/kubelet.d")).PodManifestPath);

    [Fact]
    public async Task StaticPods_ByDefault_LieInTheDataDirectory() => Assert.Equal("/data/two/static-pods", (await UpAsync("--data-dir", "/data/two")).PodManifestPath);

    [Fact]
    public async Task DataDir_Relative_IsMadeAbsolute() => Assert.Equal(Path.Combine(Environment.CurrentDirectory, "here"), (await UpAsync("--data-dir", "here")).DataDirectory);

    [Theory]
    [InlineData("--data-dir /", "--data-dir: / cannot be a cluster's directory")]
    [InlineData("--data-dir /proc/self/cmdline", "--data-dir: /proc/self/cmdline is a file")]
    [InlineData("--listen 6443", "--listen: \"6443\" is not ADDRESS:PORT (such as 127.0.0.1:6443, port 1 to 65535)")]
    [InlineData("--listen 127.0.0.1", "--listen: \"127.0.0.1\" is not ADDRESS:PORT (such as 127.0.0.1:6443, port 1 to 65535)")]
    [InlineData("--listen 127.0.0.1:0", "--listen: \"127.0.0.1:0\" is not ADDRESS:PORT (such as 127.0.0.1:6443, port 1 to 65535)")]
    [InlineData("--listen 127.0.0.1:70000", "--listen: \"127.0.0.1:70000\" is not ADDRESS:PORT (such as 127.0.0.1:6443, port 1 to 65535)")]
    [InlineData("--listen 127.1:6443", "--listen: \"127.1:6443\" is not ADDRESS:PORT (such as 127.0.0.1:6443, port 1 to 65535)")]
    [InlineData("--listen localhost:6443", "--listen: \"localhost:6443\" is not ADDRESS:PORT (such as 127.0.0.1:6443, port 1 to 65535)")]
    [InlineData("--node-name Big_Node", "--node-name: \"Big_Node\" is not a DNS name (lower-case letters, digits, '-' and '.')")]
    [InlineData("--node-name -a", "--node-name: \"-a\" is not a DNS name (lower-case letters, digits, '-' and '.')")]
    [InlineData("--manifest-url ftp://host/pod", "--manifest-url: \"ftp://host/pod\" is not an http or https URL")]
    [InlineData("--manifest-url pod.yaml", "--manifest-url: \"pod.yaml\" is not an http or https URL")]
    [InlineData("--cluster-dns dns.local", "--cluster-dns: \"dns.local\" is not an IP address")]
    [InlineData("--cluster-dns 10.254", "--cluster-dns: \"10.254\" is not an IP address")]
    [InlineData("--cluster-domain kube..local", "--cluster-domain: \"kube..local\" is not a DNS domain")]
    [InlineData("--pod-cidr 10.42.0.0", "--pod-cidr: \"10.42.0.0\" is not an IPv4 range in CIDR form (such as 10.42.0.0/16; the address must be the range's first)")]
    [InlineData("--pod-cidr 10.42.0.1/16", "--pod-cidr: \"10.42.0.1/16\" is not an IPv4 range in CIDR form (such as 10.42.0.0/16; the address must be the range's first)")]
    [InlineData("--pod-cidr 10.0.0.0/8", "--pod-cidr: \"10.0.0.0/8\" has a prefix of 8; /16 to /24 will do")]
    [InlineData("--service-cidr fd00::/112", "--service-cidr: \"fd00::/112\" is not an IPv4 range in CIDR form (such as 10.42.0.0/16; the address must be the range's first)")]
    [InlineData("--service-cidr 10.43.0.0/29", "--service-cidr: \"10.43.0.0/29\" has a prefix of 29; /8 to /28 will do")]
    [InlineData("--pod-cidr 10.42.0.0/16 --service-cidr 10.42.128.0/20", "--service-cidr: 10.42.128.0/20 overlaps --pod-cidr 10.42.0.0/16")]
    [InlineData("--container-runtime-endpoint tcp://host:1", "--container-runtime-endpoint: \"tcp://host:1\" is not unix:// and an absolute path (such as unix:///run/containerd/containerd.sock)")]
    [InlineData("--container-runtime-endpoint unix://containerd.sock", "--container-runtime-endpoint: \"unix://containerd.sock\" is not unix:// and an absolute path (such as unix:///run/containerd/containerd.sock)")]
    [InlineData("--store etcd", "--store: \"etcd\" is neither sqlite nor memory")]
    [InlineData("--event-ttl 24", "--event-ttl: \"24\" is not a duration above zero (such as 90m or 24h)")]
    [InlineData("--request-timeout 60", "--request-timeout: \"60\" is not a duration above zero (such as 90m or 24h)")]
    [InlineData("--request-timeout 25h", "--request-timeout: 25h is longer than 24h0m0s")]
    [InlineData("--max-requests-inflight -1", "--max-requests-inflight: \"-1\" is not a number from 0 to 2147483647")]
    [InlineData("--max-mutating-requests-inflight many", "--max-mutating-requests-inflight: \"many\" is not a number from 0 to 2147483647")]
    [InlineData("--event-ttl -1h", "--event-ttl: \"-1h\" is not a duration above zero (such as 90m or 24h)")]
    public async Task Value_ThatMakesNoSense_IsNamedInOneLine(string flags, string message)
    {
        var cox = new Cox();

        Assert.Equal(2, await cox.RunAsync(["up", .. flags.Split(' ')]));

        Assert.Equal($"cox up: {message}\n", cox.Error);
        Assert.Equal("", cox.Output);
        Assert.Null(cox.Up);
    }

    [Theory]
    [InlineData("--prot 1", "unknown flag --prot")]
    [InlineData("--fail-swap-on=false", "unknown flag --fail-swap-on=false")]
    [InlineData("-x", "unknown flag -x")]
    [InlineData("now", "unexpected argument now")]
    [InlineData("@flags", "unexpected argument @flags")]
    [InlineData("--verbose=maybe", "--verbose: takes no value, and got \"maybe\"")]
    [InlineData("--listen", "--listen: needs a value")]
    [InlineData("--cluster-dns=", "--cluster-dns: needs a value")]
    [InlineData("--store sqlite --store memory", "--store: one value, not 2 (\"sqlite\", \"memory\")")]
    [InlineData("--config /a --pod-manifest-path /b", "--pod-manifest-path (or --config): one value, not 2 (\"/a\", \"/b\")")]
    public async Task Flag_ThatMakesNoSense_IsNamedInOneLine(string flags, string message)
    {
        var cox = new Cox();

        Assert.Equal(2, await cox.RunAsync(["up", .. flags.Split(' ')]));

        Assert.Equal($"cox up: {message} (see cox up --help)\n", cox.Error);
        Assert.Equal("", cox.Output);
        Assert.Null(cox.Up);
    }

    [Fact]
    public async Task Help_ListsEachFlagWithItsDefault()
    {
        var cox = new Cox();

        Assert.Equal(0, await cox.RunAsync(["up", "--help"]));

        var help = string.Join(' ', cox.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in (string[])
        [
            "--data-dir <DIR>", "[default: /var/lib/coxswain]", "--listen <ADDR:PORT>", "[default: 127.0.0.1:6443]", "--node-name <NAME>", "(default: the host's name)",
            "--pod-manifest-path", "--config", "(default: DATA-DIR/static-pods)", "--manifest-url <URL>", "--cluster-dns <IP>", "--cluster-domain <DOMAIN>", "[default: cluster.local]",
            "--pod-cidr <CIDR>", "(default: 10.42.0.0/16, or the next free such range)", "--service-cidr <CIDR>", "(default: 10.43.0.0/16, or what goes with the Pods' range)",
            "--container-runtime-endpoint <unix://PATH>", "--store <sqlite|memory>", "[default: sqlite]", "--event-ttl <DURATION>", "[default: 24h]",
        ])
            Assert.Contains(part, help, StringComparison.Ordinal);
    }
}
