using System.Net;
using System.Net.Sockets;
using Coxswain.Node.Probes;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Probes;

public sealed class ProbeTests
{
    private static (Simulation, Action<int>) Scripted()
    {
        var exit = 0;
        return (new Simulation { Exec = (_, _, _) => new SimulatedProcess { RunsFor = TimeSpan.Zero, ExitCode = exit, Stdout = exit == 0 ? "" : "sick\n" } }, code => exit = code);
    }

    private static V1Probe Exec(int period = 1, int failures = 2) => new() { Exec = new V1ExecAction { Command = ["check"] }, PeriodSeconds = period, FailureThreshold = failures, SuccessThreshold = 1, TimeoutSeconds = 1 };

    [Fact]
    public async Task Readiness_TurnsReadyOnAndOff()
    {
        var (simulation, set) = Scripted();
        await using var node = new TestNode(simulation).Start();
        set(1);
        var pod = TestNode.NewPod("p");
        pod.Spec.Containers[0].ReadinessProbe = Exec();
        await node.CreateAsync(pod);
        await TestNode.UntilAsync(() => node.Events("Unhealthy").Count == 1);
        Assert.Equal("Readiness probe failed: sick\n", node.Events("Unhealthy")[0].Message);
        await node.UntilAsync("p", p => p.Status.ContainerStatuses?[0] is { Started: true, Ready: false });
        set(0);
        await node.AdvanceUntilAsync(() => TestNode.IsReady(node.Pod("p")!), TimeSpan.FromSeconds(5));
        set(1);
        await node.AdvanceUntilAsync(() => !TestNode.IsReady(node.Pod("p")!), TimeSpan.FromSeconds(6));
        Assert.Equal(0, node.Pod("p")!.Status.ContainerStatuses[0].RestartCount);
    }

    [Fact]
    public async Task Liveness_ThatFails_RestartsTheContainer()
    {
        var (simulation, set) = Scripted();
        await using var node = new TestNode(simulation).Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.Containers[0].LivenessProbe = Exec();
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        set(1);
        await node.AdvanceUntilAsync(() => node.Events("Killing").Count == 1, TimeSpan.FromSeconds(6));
        Assert.Equal("Container c failed liveness probe, will be restarted", node.Events("Killing")[0].Message);
        set(0);
        await node.AdvanceUntilAsync(() => node.Pod("p")!.Status.ContainerStatuses[0] is { RestartCount: 1, State.Running: not null }, TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Startup_HoldsTheOthersBack_AndKillsWhenItNeverComes()
    {
        var (simulation, set) = Scripted();
        await using var node = new TestNode(simulation).Start();
        set(1);
        var pod = TestNode.NewPod("p");
        pod.Spec.Containers[0].StartupProbe = Exec(failures: 3);
        pod.Spec.Containers[0].LivenessProbe = Exec(failures: 1);
        await node.CreateAsync(pod);
        await node.UntilAsync("p", p => p.Status?.ContainerStatuses?[0].State?.Running is not null);
        Assert.False(node.Pod("p")!.Status.ContainerStatuses[0].Started);
        await node.AdvanceUntilAsync(() => node.Events("Killing").Count == 1, TimeSpan.FromSeconds(8));
        Assert.Equal("Container c failed startup probe, will be restarted", node.Events("Killing")[0].Message);
        Assert.All(node.Events("Unhealthy"), e => Assert.StartsWith("Startup probe failed", e.Message, StringComparison.Ordinal));
        set(0);
        await node.AdvanceUntilAsync(() => TestNode.IsReady(node.Pod("p")!), TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Http_SpeaksAsGoDoes()
    {
        var ct = TestContext.Current.CancellationToken;
        var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var action = new V1HTTPGetAction { Path = "/healthz" };
        var refused = await HttpProbe.RunAsync(action, "127.0.0.1", port, TimeSpan.FromSeconds(60), TimeProvider.System, ct);
        Assert.Equal($"Get \"http://127.0.0.1:{port}/healthz\": dial tcp 127.0.0.1:{port}: connect: connection refused", refused.Output);
        var tcp = await TcpProbe.RunAsync("127.0.0.1", port, TimeSpan.FromSeconds(60), TimeProvider.System, ct);
        Assert.Equal($"dial tcp 127.0.0.1:{port}: connect: connection refused", tcp.Output);
    }

    [Theory]
    [InlineData("200 OK", ProbeResult.Success, "")]
    [InlineData("299 Odd", ProbeResult.Success, "")]
    [InlineData("399 Odd", ProbeResult.Warning, "Probe terminated redirects, Response body: ")]
    [InlineData("302 Found", ProbeResult.Warning, "Probe terminated redirects, Response body: ")]
    [InlineData("400 Bad Request", ProbeResult.Failure, "HTTP probe failed with statuscode: 400")]
    [InlineData("404 Not Found", ProbeResult.Failure, "HTTP probe failed with statuscode: 404")]
    [InlineData("500 Internal Server Error", ProbeResult.Failure, "HTTP probe failed with statuscode: 500")]
    public async Task Http_JudgesByTheCode(string answer, ProbeResult result, string output)
    {
        var ct = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(ct);
            var bytes = new byte[4096];
            var read = await client.GetStream().ReadAsync(bytes, ct);
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), ct);
            return System.Text.Encoding.ASCII.GetString(bytes, 0, read);
        }, ct);
        var action = new V1HTTPGetAction { Path = "x", HttpHeaders = [new V1HTTPHeader { Name = "Host", Value = "example" }, new V1HTTPHeader { Name = "X-A", Value = "1" }] };
        var outcome = await HttpProbe.RunAsync(action, "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, TimeSpan.FromSeconds(60), TimeProvider.System, ct);
        Assert.Equal((result, output), (outcome.Result, outcome.Output));
        var request = await served;
        Assert.Contains("GET /x HTTP/1.1", request, StringComparison.Ordinal);
        Assert.Contains("Host: example\r\n", request, StringComparison.Ordinal);
        Assert.Contains("User-Agent: kube-probe/1.36", request, StringComparison.Ordinal);
    }
}
