using System.Diagnostics;
using Coxswain.Api;
using Coxswain.Node.Runtime;
using Coxswain.Node.Volumes;
using Coxswain.TestKit;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Node.Tests;

/// <summary>A node agent with a pretended runtime, API and clock. The agent can be killed and started again over the same world.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    public const string Name = "node-1";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Func<NodeAgentOptions, NodeAgentOptions> _configure;
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;

    public TestNode(Simulation? simulation = null, Func<NodeAgentOptions, NodeAgentOptions>? configure = null)
    {
        Time = new FakeTime();
        Api = new FakeApi(Time);
        Simulated = new SimulatedRuntime(Time, simulation);
        Runtime = Simulated;
        _configure = configure ?? (o => o);
        Directory = System.IO.Directory.CreateTempSubdirectory("coxswain-node-").FullName;
    }

    public FakeTime Time { get; }
    public FakeApi Api { get; }
    public SimulatedRuntime Simulated { get; }
    /// <summary>What the agent is given: <see cref="Simulated"/>, or something around it.</summary>
    public IRuntime Runtime { get; set; }
    public string Directory { get; }
    public FakeMounter Mounter { get; } = new();
    /// <summary>In the place of <see cref="Mounter"/>, where a test is about real mounts.</summary>
    public IMounter? RealMounter { get; init; }
    public NodeAgent Agent { get; private set; } = null!;
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    public TestNode Start()
    {
        var options = _configure(new NodeAgentOptions
        {
            NodeName = Name, DataDirectory = Directory, NodeAddresses = ["192.0.2.10"], Materialize = false, PodCidr = "10.42.0.0/24",
            Capacity = new Dictionary<string, string> { ["cpu"] = "4", ["memory"] = "8Gi", ["ephemeral-storage"] = "100Gi", ["pods"] = "110" },
        });
        _stop = new CancellationTokenSource();
        Agent = new NodeAgent(options, Api, Runtime, Time, Loggers, RealMounter ?? Mounter);
        var token = _stop.Token;
        _running = Task.Run(() => Agent.RunAsync(token), CancellationToken.None);
        return this;
    }

    /// <summary>Ends the agent where it stands; the runtime goes on.</summary>
    public async Task KillAsync()
    {
        if (_stop is { } stop) await stop.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public Task<V1Pod> CreateAsync(V1Pod pod) => Api.CreateAsync(Kinds.Pods, pod, CancellationToken.None);

    public V1Pod? Pod(string name) => Api.Find(Kinds.Pods, "default", name);

    public IReadOnlyList<Corev1Event> Events(string reason) => [.. Api.All(Kinds.Events).Where(e => e.Reason == reason)];

    public async Task<IReadOnlyList<ContainerSummary>> ContainersAsync() => await Simulated.ListContainersAsync(null, CancellationToken.None);

    /// <summary>Waits, in real time but bounded, until the API shows the Pod so.</summary>
    public async Task<V1Pod> UntilAsync(string name, Func<V1Pod, bool> condition)
    {
        V1Pod? pod = null;
        await UntilAsync(() => (pod = Pod(name)) is not null && condition(pod), () => pod is null ? $"no Pod {name}" : System.Text.Encoding.UTF8.GetString(Kinds.Pods.Encode(pod)));
        return pod!;
    }

    public static async Task UntilAsync(Func<bool> condition, Func<string>? describe = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Limit) Assert.Fail($"waited {Limit.TotalSeconds} s in vain: {describe?.Invoke()}");
            await Task.Delay(5, TestContext.Current.CancellationToken); // conditions look at files, mounts and processes, too: nothing tells of a change in all of them
        }
    }

    /// <summary>
    /// Lets the fake clock run in small steps until the condition holds. What each step sets off is given a moment of real time; should that have been too little on a busy machine,
    /// and the clock have run ahead of the agent, it runs so far once more, slowly.
    /// </summary>
    /// <param name="atMost">Of the clock's time, the first time round; the agent must need less than twice that.</param>
    public async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan atMost, TimeSpan? step = null, Func<string>? describe = null)
    {
        var by = step ?? TimeSpan.FromSeconds(1);
        foreach (var looks in (int[])[10, 50])
        {
            for (var gone = TimeSpan.Zero; gone <= atMost; gone += by)
            {
                for (var i = 0; i < looks; i++)
                {
                    if (condition()) return;
                    await Task.Delay(2, TestContext.Current.CancellationToken); // the agent works in real time and says nothing when it rests
                }
                Time.Advance(by);
            }
        }
        await UntilAsync(condition, describe);
    }

    public static V1Pod NewPod(string name, params string[] command) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
        Spec = new V1PodSpec
        {
            NodeName = Name,
            RestartPolicy = "Always",
            TerminationGracePeriodSeconds = 30,
            Containers = [new V1Container { Name = "c", Image = "docker.io/library/busybox:latest", ImagePullPolicy = "IfNotPresent", Command = command.Length == 0 ? null : command }],
        },
    };

    public static bool IsReady(V1Pod pod) => pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await Simulated.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
