using System.Globalization;
using System.Net;
using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Cluster;
using Coxswain.Node;
using Coxswain.Node.Runtime;
using Coxswain.Store;

namespace Coxswain.Testing;

/// <summary>
/// A whole cluster in the test's own process: store, API server (real HTTPS on a free port, and a client without sockets), controllers, scheduler and simulated nodes.
/// Needs neither root nor containers; any number run side by side.
/// </summary>
/// <example><code>
/// await using var cluster = await TestCluster.StartAsync();
/// await cluster.Client.CreateAsync(Kinds.ConfigMaps, map, ct);
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
        }, _store, options.Time, options.Loggers);
        Client = _plane.ClientFor(Identities.Admin);
    }

    /// <summary>An administrator's client, in process.</summary>
    public IApiClient Client { get; }

    /// <summary>Of the API server, for any Kubernetes client; see <see cref="WriteKubeconfig"/> for its credentials.</summary>
    public Uri Url => _plane.Url;

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    /// <summary>Returns once the API answers and every node is Ready.</summary>
    public static async Task<TestCluster> StartAsync(TestClusterOptions? options = null, CancellationToken ct = default)
    {
        var cluster = new TestCluster(options ?? new TestClusterOptions());
        try
        {
            await cluster._plane.StartAsync(ct);
            for (var i = 0; i < cluster._options.Nodes; i++) cluster.AddNode(string.Create(CultureInfo.InvariantCulture, $"node-{i}"));
            await cluster.NodesReadyAsync(ct);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more simulated node; it becomes Ready by itself.</summary>
    /// <param name="capacity">By resource name; the options' when null.</param>
    public SimulatedNode AddNode(string name, IReadOnlyDictionary<string, string>? capacity = null, IReadOnlyDictionary<string, string>? labels = null)
    {
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

    /// <summary>Writes a kubeconfig (mode 0600) with an administrator's certificate, for kubectl or any client; returns its path.</summary>
    public string WriteKubeconfig()
    {
        var path = Path.Combine(_directory.FullName, "kubeconfig");
        _plane.Pki.WriteKubeConfig(path, Url);
        return path;
    }

    /// <summary>Waits for an object to be as wanted, on a watch: no polling. Returns it.</summary>
    /// <exception cref="OperationCanceledException">Not before <paramref name="ct"/>.</exception>
    public async Task<T> WaitForAsync<T>(ResourceType<T> type, string? ns, string name, Func<T, bool> wanted, CancellationToken ct)
        where T : class, k8s.IKubernetesObject<k8s.Models.V1ObjectMeta>, new()
    {
        var options = new ListOptions { FieldSelector = $"metadata.name={name}", ResourceVersion = "0" };
        await foreach (var e in Client.WatchAsync(type, ns, options, ct))
            if (e.Type is WatchEventType.Added or WatchEventType.Modified && wanted(e.Value)) return e.Value;
        throw new OperationCanceledException($"the watch of {type.Resource} {name} ended", ct);
    }

    private async Task NodesReadyAsync(CancellationToken ct)
    {
        foreach (var node in _nodes)
            await WaitForAsync(Kinds.Nodes, null, node.Name, n => n.Status?.Conditions?.Any(c => c.Type == "Ready" && c.Status == "True") is true, ct);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        await _plane.DisposeAsync();
        await _store.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
