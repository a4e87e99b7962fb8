using Coxswain.Node.Probes;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Probes;

/// <summary>Each of the three probes by each of its handlers: what it does to the container, and in which words.</summary>
public sealed class HandlerTests : IAsyncLifetime
{
    private ProbedServer _server = null!;
    private bool _well;

    public static MatrixTheoryData<string, string> Probes => new(["Readiness", "Liveness", "Startup"], ["exec", "httpGet", "tcpSocket", "grpc"]);

    public async ValueTask InitializeAsync() => _server = await ProbedServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private void Set(bool well)
    {
        Volatile.Write(ref _well, well);
        _server.Set(well);
    }

    /// <summary>The timeout is on the test's clock too, which the test moves while a real answer is on its way.</summary>
    private V1Probe Probe(string handler)
    {
        var probe = new V1Probe { PeriodSeconds = 1, FailureThreshold = 2, SuccessThreshold = 1, TimeoutSeconds = 100_000 };
        switch (handler)
        {
            case "exec": probe.Exec = new V1ExecAction { Command = ["check"] }; break;
            case "httpGet": probe.HttpGet = new V1HTTPGetAction { Path = "/healthz", Port = _server.HttpPort }; break;
            case "tcpSocket": probe.TcpSocket = new V1TCPSocketAction { Port = "door" }; break;
            default: probe.Grpc = new V1GRPCAction { Port = _server.GrpcPort, Service = "web" }; break;
        }
        return probe;
    }

    private string Sick(string handler) => handler switch
    {
        "exec" => "sick\n",
        "httpGet" => "HTTP probe failed with statuscode: 503",
        "tcpSocket" => $"dial tcp 127.0.0.1:{_server.TcpPort}: connect: connection refused",
        _ => "service unhealthy (responded with \"NOT_SERVING\")",
    };

    [Theory]
    [MemberData(nameof(Probes))]
    public async Task Probe_ByEachHandler_DoesItsPart(string kind, string handler)
    {
        var simulation = new Simulation { Exec = (_, _, _) => new SimulatedProcess { RunsFor = TimeSpan.Zero, ExitCode = Volatile.Read(ref _well) ? 0 : 1, Stdout = Volatile.Read(ref _well) ? "" : "sick\n" } };
        await using var node = new TestNode(simulation, o => o with { NodeAddresses = ["127.0.0.1"] }).Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.HostNetwork = true; // so that the Pod's address is one where something answers
        var container = pod.Spec.Containers[0];
        container.Ports = [new V1ContainerPort { Name = "door", ContainerPort = _server.TcpPort }];
        var probe = Probe(handler);
        if (kind == "Readiness") container.ReadinessProbe = probe;
        else if (kind == "Liveness") container.LivenessProbe = probe;
        else container.StartupProbe = probe;
        Set(kind == "Liveness"); // of the others the first word is no
        await node.CreateAsync(pod);
        if (kind == "Liveness")
        {
            await node.UntilAsync("p", TestNode.IsReady);
            Set(false);
        }

        await node.AdvanceUntilAsync(() => node.Events("Unhealthy").Count == 1, TimeSpan.FromSeconds(10));
        // A call that was on its way in when the door closed is told in other words.
        Assert.Equal($"{kind} probe failed: {Sick(handler)}", node.Events("Unhealthy")[0].Message.Replace("connection reset by peer", "connection refused", StringComparison.Ordinal));
        Assert.Equal("spec.containers{c}", node.Events("Unhealthy")[0].InvolvedObject.FieldPath);
        if (kind != "Readiness")
        {
            await node.AdvanceUntilAsync(() => node.Events("Killing").Count == 1, TimeSpan.FromSeconds(10));
            Assert.Equal($"Container c failed {kind.ToLowerInvariant()} probe, will be restarted", node.Events("Killing")[0].Message);
        }
        Set(true);
        // The Event of the end comes before the status that shows it: what was ready before may still be shown.
        var restarts = kind == "Readiness" ? 0 : 1;
        await node.AdvanceUntilAsync(() => TestNode.IsReady(node.Pod("p")!) && node.Pod("p")!.Status.ContainerStatuses[0].RestartCount == restarts, TimeSpan.FromSeconds(40));
        if (handler == "grpc") Assert.Contains("web", _server.Asked);
    }

    [Fact]
    public async Task Grpc_WithoutAnAnswer_SpeaksAsUpstreamDoes()
    {
        var ct = TestContext.Current.CancellationToken;
        var refused = await GrpcProbe.RunAsync("127.0.0.1", _server.TcpPort, "", TimeSpan.FromSeconds(1), TimeProvider.System, ct);
        Assert.Equal($"timeout: failed to connect service \"127.0.0.1:{_server.TcpPort}\" within 1s: context deadline exceeded", refused.Output);
    }

    [Fact]
    public async Task LivenessGracePeriod_OfTheProbe_CountsOverThePods()
    {
        // Deaf to the stop signal: how long it lives on is the grace period's to say.
        var simulation = new Simulation
        {
            Run = _ => new SimulatedProcess { ExitCodeOnStop = null },
            Exec = (_, _, _) => new SimulatedProcess { RunsFor = TimeSpan.Zero, ExitCode = Volatile.Read(ref _well) ? 0 : 1 },
        };
        await using var node = new TestNode(simulation).Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.TerminationGracePeriodSeconds = 3600;
        pod.Spec.Containers[0].LivenessProbe = Probe("exec");
        pod.Spec.Containers[0].LivenessProbe.TerminationGracePeriodSeconds = 5;
        Set(true);
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        Set(false);
        await node.AdvanceUntilAsync(() => node.Pod("p")!.Status.ContainerStatuses[0].RestartCount == 1, TimeSpan.FromSeconds(30));
        Assert.Equal(137, node.Pod("p")!.Status.ContainerStatuses[0].LastState.Terminated.ExitCode);
    }
}
