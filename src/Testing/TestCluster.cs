using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Cluster;
using Coxswain.Node;
using Coxswain.Node.Runtime;
using Coxswain.Store;
using k8s;
using k8s.Models;
using WatchEventType = Coxswain.Client.WatchEventType;

namespace Coxswain.Testing;

/// <summary>
/// A whole cluster in the test's own process: store, API server (real HTTPS on a free port, and a client without sockets), controllers, scheduler and simulated nodes.
/// Needs neither root nor containers; any number run side by side. Disposing it leaves nothing behind.
/// </summary>
/// <example><code>
/// await using var cluster = await TestCluster.StartAsync();
/// await cluster.Client.CreateAsync(Kinds.ConfigMaps, map, ct);               // in process
/// using var client = new k8s.Kubernetes(cluster.ClientConfiguration());      // over HTTPS, with the official client
/// Process.Start("kubectl", ["--kubeconfig", cluster.WriteKubeconfig(), "get", "pods"]);
/// </code></example>
public sealed class TestCluster : IAsyncDisposable
{
    private readonly TestClusterOptions _options;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cox-test-");
    private readonly MemoryStore _store = new();
    private readonly ControlPlane _plane;
    private readonly List<SimulatedNode> _nodes = [];

    private TestCluster(TestClusterOptions options)
    {
        _options = options;
        _plane = new ControlPlane(new ControlPlaneOptions
        {
            PkiDirectory = Path.Combine(_directory.FullName, "pki"),
            EventTtl = options.EventTtl,
            NodeMonitorGracePeriod = options.NodeMonitorGracePeriod,
            DetectMutation = true,
        }, _store, options.Time, options.Loggers);
        Client = _plane.ClientFor(Identities.Admin);
    }

    /// <summary>An administrator's client, in process: the same pipeline that requests over HTTPS take, without the sockets. What it returns is shared with the
    /// cluster's own caches; change a <see cref="ResourceType{T}.Clone"/> of it (a test that changes the original is told so by the next request).</summary>
    public IApiClient Client { get; }

    /// <summary>Of the API server, for any Kubernetes client; see <see cref="WriteKubeconfig"/> and <see cref="ClientConfiguration"/> for its credentials.</summary>
    public Uri Url => _plane.Url;

    /// <summary>In the order they were added; a crashed one stays in the list.</summary>
    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    /// <summary>Starts a cluster; returns once the API answers and every node is Ready.</summary>
    /// <param name="options">One node and the machine's clock when null.</param>
    /// <param name="ct">Ends the wait; what was started is cleaned up.</param>
    public static async Task<TestCluster> StartAsync(TestClusterOptions? options = null, CancellationToken ct = default)
    {
        var cluster = new TestCluster(options ?? new TestClusterOptions());
        try
        {
            var starting = cluster._plane.StartAsync(ct);
            await await Task.WhenAny(starting, cluster._plane.Furnished); // the nodes come up while the server learns to listen
            for (var i = 0; i < cluster._options.Nodes; i++) cluster.AddNode(string.Create(CultureInfo.InvariantCulture, $"node-{i}"));
            await starting;
            foreach (var node in cluster._nodes) await cluster.WaitForAsync(Kinds.Nodes, null, node.Name, IsReady, ct);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more simulated node. It becomes Ready by itself: <see cref="WaitForAsync"/> waits for it.</summary>
    /// <param name="name">A DNS name that no other node has.</param>
    /// <param name="capacity">By resource name; the options' when null.</param>
    /// <param name="labels">Besides those that every node has. Only what a node may set on itself; set others through <see cref="Client"/>.</param>
    /// <exception cref="ArgumentException">A label of <c>kubernetes.io</c> or <c>k8s.io</c> that a node may not set on itself.</exception>
    public SimulatedNode AddNode(string name, IReadOnlyDictionary<string, string>? capacity = null, IReadOnlyDictionary<string, string>? labels = null)
    {
        if (labels?.Keys.FirstOrDefault(key => !NodeLabels.MayAgentSet(key)) is { } forbidden)
        {
            var why = $"a node may not set the label {forbidden} on itself: set it on the Node through Client";
            throw new ArgumentException(why, nameof(labels));
        }
        var number = _nodes.Count;
        var simulation = _options.Simulation with { PodCidr = string.Create(CultureInfo.InvariantCulture, $"10.{42 + (number / 256)}.{number % 256}.0/24") };
        var node = new SimulatedNode(new NodeAgentOptions
        {
            NodeName = name,
            DataDirectory = Path.Combine(_directory.FullName, name),
            Capacity = capacity ?? _options.NodeCapacity,
            Labels = labels ?? new Dictionary<string, string>(),
            Materialize = false,
        }, _plane.ClientFor(Identities.Node(name)), new SimulatedRuntime(_options.Time, simulation), _options.Time, _options.Loggers);
        _plane.Connect(name, new NodeConnector(node.Agent));
        _nodes.Add(node);
        return node;
    }

    /// <summary>Writes a kubeconfig (mode 0600) with an administrator's certificate, for kubectl or any client; returns its path. It goes with the cluster.</summary>
    public string WriteKubeconfig()
    {
        var path = Path.Combine(_directory.FullName, "kubeconfig");
        _plane.Pki.WriteKubeConfig(path, Url);
        return path;
    }

    /// <summary>An administrator's credentials for the official client: <c>new k8s.Kubernetes(cluster.ClientConfiguration())</c>.</summary>
    public KubernetesClientConfiguration ClientConfiguration()
    {
        var (certificate, key) = _plane.Pki.AdminPem();
        return new KubernetesClientConfiguration
        {
            Host = Url.GetLeftPart(UriPartial.Authority),
            Namespace = "default",
            SslCaCerts = [X509Certificate2.CreateFromPem(_plane.Pki.AuthorityPem)],
            ClientCertificateData = Base64(certificate),
            ClientCertificateKeyData = Base64(key),
        };
    }

    /// <summary>Waits for an object to be as wanted, on a watch: no polling. Returns it.</summary>
    /// <param name="type">One of <see cref="Kinds"/>.</param>
    /// <param name="ns">Null for what lies in no namespace.</param>
    /// <param name="name">The object's; it need not be there yet.</param>
    /// <param name="wanted">Called with each state of the object.</param>
    /// <param name="ct">Bounds the wait.</param>
    /// <exception cref="OperationCanceledException">Not before <paramref name="ct"/>.</exception>
    public async Task<T> WaitForAsync<T>(ResourceType<T> type, string? ns, string name, Func<T, bool> wanted, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        await foreach (var e in Client.WatchAsync(type, ns, Named(name) with { ResourceVersion = "0" }, ct))
            if (e.Type is WatchEventType.Added or WatchEventType.Modified && wanted(e.Value)) return e.Value;
        throw new OperationCanceledException($"the watch of {type.Resource} {name} ended", ct);
    }

    /// <summary>Waits until there is no such object, on a watch; returns at once when there is none.</summary>
    /// <inheritdoc cref="WaitForAsync"/>
    public async Task WaitUntilGoneAsync<T>(ResourceType<T> type, string? ns, string name, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var now = await Client.ListAsync(type, ns, Named(name), ct);
        if (now.Items.Count == 0) return;
        await foreach (var e in Client.WatchAsync(type, ns, Named(name) with { ResourceVersion = now.ResourceVersion }, ct))
            if (e.Type == WatchEventType.Deleted) return;
        throw new OperationCanceledException($"the watch of {type.Resource} {name} ended", ct);
    }

    /// <summary>Ends every node and the API server, and deletes what lay on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        await _plane.DisposeAsync();
        await _store.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static ListOptions Named(string name) => new() { FieldSelector = $"metadata.name={name}" };

    /// <summary>And the node controller has seen it: until then a taint keeps Pods away, and one made at once would wait for its next try, under a clock that may stand still.</summary>
    private static bool IsReady(V1Node node) =>
        node.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) is true && node.Spec.Taints?.Any(t => t.Key == "node.kubernetes.io/not-ready") is not true;

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(text));
}
