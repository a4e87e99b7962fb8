using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Lifecycle;

/// <summary>What the flags of <c>cox up</c> bring about, all of them on one cluster.</summary>
public sealed class FlagTests(FlagTests.Cluster cluster) : IClassFixture<FlagTests.Cluster>
{
    private CoxCluster Cox => cluster.Cox;
    private Kubectl Kubectl => cluster.Cox.Kubectl();

    [Fact]
    public async Task NodeName_IsTheNodesAndItsCertificates()
    {
        Assert.Equal("edge-7.lab edge-7.lab", await Kubectl.FieldAsync("get nodes", "{.items[*].metadata.name} {.items[*].metadata.labels.kubernetes\\.io/hostname}"));
        Assert.Equal("edge-7.lab", await Kubectl.FieldAsync("get pod static-edge-7.lab", "{.spec.nodeName}"));
    }

    [Fact]
    public async Task PodCidr_HoldsTheNodesRangeAndEachPod()
    {
        var node = new IPNetwork(cluster.Pods.BaseAddress, 24);
        Assert.Equal($"{node}", await Kubectl.FieldAsync("get node edge-7.lab", "{.spec.podCIDR}"));
        Assert.True(node.Contains(IPAddress.Parse(await Kubectl.FieldAsync("get pod static-edge-7.lab", "{.status.podIP}"))));
    }

    [Fact]
    public async Task ServiceCidr_HoldsTheServersOwnServiceAndEachOther()
    {
        Assert.Equal("10.251.16.1", await Kubectl.FieldAsync("get service kubernetes -n default", "{.spec.clusterIP}"));
        await Kubectl.LineAsync("create service clusterip any --tcp=80");
        Assert.True(IPNetwork.Parse("10.251.16.0/24").Contains(IPAddress.Parse(await Kubectl.FieldAsync("get service any", "{.spec.clusterIP}"))));
        Assert.Contains("10.251.17.1", (await Kubectl.TryLineAsync("create service clusterip outside --tcp=80 --clusterip=10.251.17.1")).Failed().Error, StringComparison.Ordinal);
    }

    /// <summary><c>--config</c> is the flag that this cluster was given.</summary>
    [Fact]
    public async Task Config_IsTheDirectoryOfStaticPods_AndTheDefaultIsNot()
    {
        Assert.Equal("Running", await Kubectl.StatusAsync("static-edge-7.lab"));
        Assert.False(Directory.Exists(Cox.StaticPods) && Directory.EnumerateFiles(Cox.StaticPods).Any());
    }

    [Fact]
    public async Task ClusterDnsAndDomain_StandInThePodsResolvConf()
    {
        var resolv = (await Cox.ExecAsync(Kubectl, "static-edge-7.lab", "c", "cat", "/etc/resolv.conf")).Split('\n', StringSplitOptions.TrimEntries);
        Assert.Contains("nameserver 10.251.16.10", resolv);
        Assert.Contains(resolv, l => l.StartsWith("search default.svc.edge.test svc.edge.test edge.test", StringComparison.Ordinal));
        Assert.Contains("options ndots:5", resolv);
    }

    [Fact]
    public async Task Kubeconfig_IsSecretAndHoldsTheAuthorityAndAMembersCertificate()
    {
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Cox.Kubeconfig));
        var client = X509Certificate2.CreateFromPem(await PemAsync("{.users[0].user.client-certificate-data}"));
        Assert.Contains("O=system:masters", client.Subject, StringComparison.Ordinal);
        var authority = X509Certificate2.CreateFromPem(await PemAsync("{.clusters[0].cluster.certificate-authority-data}"));
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck } };
        Assert.True(chain.Build(client));
        Assert.Equal($"https://127.0.0.7:{Cox.Port}", await ConfigAsync("{.clusters[0].cluster.server}")); // where --listen says, with a certificate for that address
    }

    private async Task<string> PemAsync(string path) => Encoding.ASCII.GetString(Convert.FromBase64String(await ConfigAsync(path)));

    private Task<string> ConfigAsync(string path) => Kubectl.GetAsync("config", "view", "--raw", "-o", $"jsonpath={path}");

    [Fact]
    public async Task ImportedAndPauseImages_ArePinned()
    {
        var pinned = await Cox.CtrAsync("images ls -q labels.\"io.cri-containerd.pinned\"==pinned");
        Assert.Contains("docker.io/library/busybox:latest", pinned, StringComparison.Ordinal);
        Assert.Contains("pause", pinned, StringComparison.Ordinal);
    }

    /// <summary>Ctrl-C ends it as SIGTERM does; with <c>--store memory</c> nothing but containers is there for the next.</summary>
    [Fact]
    public async Task StoreMemory_KeepsNothingOverARestart_ByCtrlC()
    {
        Assert.Empty(Directory.EnumerateFiles(Cox.DataDirectory, "*.db*"));
        await Kubectl.LineAsync("create configmap only-now");
        var container = await Kubectl.FieldAsync("get pod static-edge-7.lab", "{.status.containerStatuses[0].containerID}");

        await Cox.EndAsync("INT");
        Assert.Equal(0, Cox.ExitCode);
        Assert.Contains("RUNNING", await Cox.CtrAsync("tasks ls"), StringComparison.Ordinal);
        await Cox.UpAsync();

        Assert.Equal("", await Kubectl.FieldAsync("get configmap only-now", "{.metadata.name}"));
        await Kubectl.PodReadyAsync("static-edge-7.lab"); // a static Pod comes from its file, and its container never stopped
        Assert.Equal(container, await Kubectl.FieldAsync("get pod static-edge-7.lab", "{.status.containerStatuses[0].containerID}"));
    }

    public sealed class Cluster : IAsyncLifetime
    {
        private readonly string _manifests = Directory.CreateTempSubdirectory("cox-e2e-config-").FullName;

        /// <summary>Of private addresses above those that clusters take by themselves, and of those a range in which nothing on this machine has an address.</summary>
        public IPNetwork Pods { get; } = FreeRange();

        internal CoxCluster Cox { get; }

        public Cluster() => Cox = new CoxCluster("--pod-cidr", $"{Pods}", "--service-cidr", "10.251.16.0/24", "--store", "memory", "--config", _manifests,
            "--cluster-dns", "10.251.16.10", "--cluster-domain", "edge.test") { NodeName = "edge-7.lab", Address = "127.0.0.7" };

        private static IPNetwork FreeRange()
        {
            var taken = NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address).ToList();
            return Enumerable.Range(0, 64).OrderBy(_ => Random.Shared.Next()).Select(i => IPNetwork.Parse($"10.{252 + (i / 16)}.{i % 16 * 16}.0/20")).First(range => !taken.Any(range.Contains));
        }

        public async ValueTask InitializeAsync()
        {
            try
            {
                await File.WriteAllTextAsync(Path.Combine(_manifests, "static.yaml"), Manifests.Sleeper("static"));
                await Cox.UpAsync();
                await Cox.ImportImagesAsync("busybox");
                await Cox.Kubectl().PodReadyAsync("static-edge-7.lab");
            }
            catch
            {
                await DisposeAsync();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Cox.DisposeAsync();
            if (Directory.Exists(_manifests)) Directory.Delete(_manifests, recursive: true);
        }
    }
}
