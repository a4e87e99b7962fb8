using System.Text;
using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Node.Runtime;
using Coxswain.TestKit;
using Coxswain.Node.Tests.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>One containerd for all classes that run Pods in it, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class RealPodsCollection : ICollectionFixture<ContainerdFixture>
{
    public const string Name = "real pods";
}

/// <summary>The agent over a real containerd: what only the kernel can show. Each test has an agent and an API of its own.</summary>
[Collection(RealPodsCollection.Name)]
public abstract class RealPods(ContainerdFixture containerd) : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private protected string Cgroup { get; } = $"/coxtest-{Environment.ProcessId}";
    private protected string Data { get; } = Path.Combine(containerd.DataDirectory, $"node-{Guid.NewGuid():n}");
    private protected FakeApi Api { get; } = new(TimeProvider.System);
    private protected NodeAgent Agent { get; private set; } = null!;
    private protected IRuntime Containers => containerd.Host.Runtime;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(ContainerdFixture.Missing is not null, ContainerdFixture.Missing ?? "");
        var options = new NodeAgentOptions
        {
            NodeName = TestNode.Name, DataDirectory = Data, NodeAddresses = ["127.0.0.1"], CgroupRoot = Cgroup,
        };
        Agent = new NodeAgent(options, Api, Containers, TimeProvider.System, NullLoggerFactory.Instance);
        _running = Agent.RunAsync(_stop.Token);
        await MapAsync("app", ("a", "1"));
        await MapAsync("kube-root-ca.crt", ("ca.crt", "CA"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in Api.All(Kinds.Pods)) await Api.DeleteAsync(Kinds.Pods, "default", pod.Metadata.Name, new V1DeleteOptions { GracePeriodSeconds = 1 }, CancellationToken.None);
        if (Agent is not null) await TestNode.UntilAsync(() => Api.All(Kinds.Pods).Count == 0);
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        NodeCleanup.Run(Data, Cgroup);
        Assert.DoesNotContain(Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup"), d => Directory.Exists(d + Cgroup));
        Assert.DoesNotContain(Data, await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
        GC.SuppressFinalize(this);
    }

    private protected static V1Pod NewPod(string name, params string[] command)
    {
        var pod = TestNode.NewPod(name, command.Length == 0 ? ["sleep", "1000"] : command);
        pod.Spec.Containers[0].Image = "coxtest:1";
        pod.Spec.Containers[0].TerminationMessagePath = "/dev/termination-log";
        pod.Spec.TerminationGracePeriodSeconds = 1;
        return pod;
    }

    private protected async Task<V1ConfigMap> MapAsync(string name, params (string Key, string Value)[] data)
    {
        var map = Kinds.ConfigMaps.New("default", name);
        map.Data = data.ToDictionary(d => d.Key, d => d.Value);
        return await Api.CreateAsync(Kinds.ConfigMaps, map, TestContext.Current.CancellationToken);
    }

    /// <summary>Creates the Pod and waits until it is Ready.</summary>
    private protected async Task<V1Pod> StartAsync(V1Pod pod)
    {
        await Api.CreateAsync(Kinds.Pods, pod, TestContext.Current.CancellationToken);
        return await UntilAsync(pod.Metadata.Name, TestNode.IsReady);
    }

    private protected async Task<V1Pod> UntilAsync(string name, Func<V1Pod, bool> condition)
    {
        V1Pod? pod = null;
        await TestNode.UntilAsync(() => (pod = Api.Find(Kinds.Pods, "default", name)) is not null && condition(pod),
            () => (pod is null ? "" : Encoding.UTF8.GetString(Kinds.Pods.Encode(pod))) + string.Join('\n', Api.All(Kinds.Events).Select(e => $"{e.Reason}: {e.Message}")));
        return pod!;
    }

    /// <summary>What a script prints inside a container, on both streams, without the last line's end.</summary>
    private protected async Task<string> RunAsync(V1Pod pod, string script, string container = "c")
    {
        using var output = new MemoryStream();
        await Agent.ExecAsync(pod, container, ["sh", "-c", script], new ExecStreams { Stdout = output, Stderr = output }, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n');
    }

    /// <summary>The runtime's id of a Pod's first container.</summary>
    private protected static string IdOf(V1Pod pod) => pod.Status.ContainerStatuses[0].ContainerID["containerd://".Length..];
}
