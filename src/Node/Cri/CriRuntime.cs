using System.Text.Json.Nodes;
using Coxswain.Node.Cri.V1;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging;
using Services = Coxswain.Node.Containerd.Services;

namespace Coxswain.Node.Cri;

/// <summary>
/// Containers through the Container Runtime Interface, version 1, on a Unix socket. What CRI has no call for (events in containerd 1.6, exec without a
/// detour through a second server, import of archives, pins) goes to containerd's own services on the same socket.
/// </summary>
public sealed partial class CriRuntime : IRuntime
{
    /// <summary>The kubelet's own patience.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2), SandboxPatience = TimeSpan.FromMinutes(4);

    private readonly TimeProvider _time;
    private readonly CriChannel _channel;
    private readonly RuntimeService.RuntimeServiceClient _runtime;
    private readonly ImageService.ImageServiceClient _images;
    private readonly Services.Images.Images.ImagesClient _names;
    private readonly Services.Containers.Containers.ContainersClient _records;
    private readonly Services.Leases.Leases.LeasesClient _leases;
    private readonly CriEvents _events;
    private readonly TaskExec _exec;
    private readonly ContentStore _content;

    /// <param name="endpoint"><c>unix:///run/containerd/containerd.sock</c>, or the path alone.</param>
    /// <param name="fifoDirectory">Where the named pipes of running execs lie; made when needed.</param>
    public CriRuntime(string endpoint, string fifoDirectory, TimeProvider time, ILogger<CriRuntime> logger)
    {
        _time = time;
        _channel = new CriChannel(SocketPath(endpoint), time);
        var invoker = _channel.Invoker;
        _runtime = new(invoker);
        _images = new(invoker);
        _names = new(invoker);
        _records = new(invoker);
        _leases = new(invoker);
        _events = new CriEvents(_channel, ListContainersAsync, GetSandboxAsync, GetContainerAsync, time, logger);
        _exec = new TaskExec(_channel, fifoDirectory);
        _content = new ContentStore(_channel);
    }

    /// <exception cref="ArgumentException">Not a Unix socket.</exception>
    public static string SocketPath(string endpoint)
    {
        var path = endpoint.StartsWith("unix://", StringComparison.Ordinal) ? endpoint["unix://".Length..] : endpoint;
        return path.StartsWith('/') ? path : throw new ArgumentException($"\"{endpoint}\" is not a Unix socket (unix:///path)", nameof(endpoint));
    }

    /// <summary>Since it answered any call, or since this was made.</summary>
    internal TimeSpan SinceLastAnswer => _channel.SinceLastAnswer;

    public async Task<RuntimeVersion> GetVersionAsync(CancellationToken ct)
    {
        var r = await CriChannel.Call(_runtime.VersionAsync(new VersionRequest(), Options(ct)), ct);
        return new RuntimeVersion(r.RuntimeName, r.RuntimeVersion, r.RuntimeApiVersion);
    }

    /// <returns>The image that the runtime makes sandboxes from, as its configuration names it; null when it does not say.</returns>
    public async Task<string?> GetSandboxImageAsync(CancellationToken ct) => (await ConfigurationAsync(ct))?["sandboxImage"]?.GetValue<string>();

    public async Task<Runtime.CgroupDriver> GetCgroupDriverAsync(CancellationToken ct)
    {
        try
        {
            var r = await CriChannel.Call(_runtime.RuntimeConfigAsync(new RuntimeConfigRequest(), Options(ct)), ct);
            return r.Linux is { } linux ? (Runtime.CgroupDriver)linux.CgroupDriver : Runtime.CgroupDriver.Cgroupfs;
        }
        catch (RuntimeException e) when (e.Code == RuntimeErrorCode.Unimplemented) // containerd before 2.0: its configuration says so
        {
            var runtimes = (await ConfigurationAsync(ct))?["containerd"];
            var name = runtimes?["defaultRuntimeName"]?.GetValue<string>() ?? "runc";
            var systemd = runtimes?["runtimes"]?[name]?["options"]?["SystemdCgroup"]?.GetValue<bool>() == true;
            return systemd ? Runtime.CgroupDriver.Systemd : Runtime.CgroupDriver.Cgroupfs;
        }
    }

    public async Task<Runtime.RuntimeStatus> GetStatusAsync(CancellationToken ct)
    {
        var r = await CriChannel.Call(_runtime.StatusAsync(new StatusRequest(), Options(ct)), ct);
        return CriAnswers.Status(r);
    }

    public IAsyncEnumerable<RuntimeEvent> WatchAsync(CancellationToken ct) => _events.WatchAsync(ct);

    public async Task<string> RunSandboxAsync(SandboxConfig config, CancellationToken ct)
    {
        var request = new RunPodSandboxRequest { Config = CriRequests.Sandbox(config), RuntimeHandler = config.RuntimeHandler };
        return (await CriChannel.Call(_runtime.RunPodSandboxAsync(request, Options(ct, SandboxPatience)), ct)).PodSandboxId;
    }

    public Task StopSandboxAsync(string sandboxId, CancellationToken ct) =>
        CriChannel.Call(_runtime.StopPodSandboxAsync(new StopPodSandboxRequest { PodSandboxId = sandboxId }, Options(ct)), ct);

    public Task RemoveSandboxAsync(string sandboxId, CancellationToken ct) =>
        CriChannel.Call(_runtime.RemovePodSandboxAsync(new RemovePodSandboxRequest { PodSandboxId = sandboxId }, Options(ct)), ct);

    public async Task<Runtime.SandboxStatus?> GetSandboxAsync(string sandboxId, CancellationToken ct)
    {
        try
        {
            var r = await CriChannel.Call(_runtime.PodSandboxStatusAsync(new PodSandboxStatusRequest { PodSandboxId = sandboxId }, Options(ct)), ct);
            return CriAnswers.Sandbox(r.Status);
        }
        catch (RuntimeException e) when (e.Code == RuntimeErrorCode.NotFound) { return null; }
    }

    public async Task<IReadOnlyList<SandboxSummary>> ListSandboxesAsync(SandboxFilter? filter, CancellationToken ct)
    {
        var request = new ListPodSandboxRequest { Filter = CriRequests.Filter(filter) };
        var r = await CriChannel.Call(_runtime.ListPodSandboxAsync(request, Options(ct)), ct);
        return [.. r.Items.Select(CriAnswers.Sandbox)];
    }

    /// <summary>What containerd runs with, where it tells.</summary>
    private async Task<JsonObject?> ConfigurationAsync(CancellationToken ct)
    {
        var r = await CriChannel.Call(_runtime.StatusAsync(new StatusRequest { Verbose = true }, Options(ct)), ct);
        return r.Info.TryGetValue("config", out var config) ? JsonNode.Parse(config) as JsonObject : null;
    }

    /// <summary>What containerd itself has on record: also sandboxes that are still being made or taken away, of which CRI says nothing.</summary>
    /// <returns>The labels of each container and sandbox.</returns>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> ListRecordsAsync(CancellationToken ct)
    {
        var r = await CriChannel.Call(_records.ListAsync(new Services.Containers.ListContainersRequest(), _channel.Options(ct, Patience, CriChannel.Namespace)), ct);
        return [.. r.Containers.Select(c => new Dictionary<string, string>(c.Labels))];
    }

    /// <summary>Whether containerd is in the middle of making a container or of unpacking an image: it then holds a lease. A caller that is gone does not stop it.</summary>
    public async Task<bool> IsMakingAsync(CancellationToken ct) =>
        (await CriChannel.Call(_leases.ListAsync(new Services.Leases.ListRequest(), _channel.Options(ct, Patience, CriChannel.Namespace)), ct)).Leases.Count > 0;

    public ValueTask DisposeAsync()
    {
        _channel.Dispose();
        return ValueTask.CompletedTask;
    }

    private Grpc.Core.CallOptions Options(CancellationToken ct, TimeSpan? timeout = null) => _channel.Options(ct, timeout ?? Patience);
}
