using Coxswain.Client;
using Coxswain.Node.Cri.V1;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Cri;

public sealed partial class CriRuntime
{
    public async Task<string> CreateContainerAsync(string sandboxId, Runtime.ContainerConfig config, SandboxConfig sandbox, CancellationToken ct)
    {
        var request = new CreateContainerRequest { PodSandboxId = sandboxId, Config = CriRequests.Container(config), SandboxConfig = CriRequests.Sandbox(sandbox) };
        return (await CriChannel.Call(_runtime.CreateContainerAsync(request, Options(ct)), ct)).ContainerId;
    }

    public Task StartContainerAsync(string containerId, CancellationToken ct) =>
        CriChannel.Call(_runtime.StartContainerAsync(new StartContainerRequest { ContainerId = containerId }, Options(ct)), ct);

    public async Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken ct)
    {
        var request = new StopContainerRequest { ContainerId = containerId, Timeout = WholeSeconds(grace) };
        try { await CriChannel.Call(_runtime.StopContainerAsync(request, Options(ct, grace + Patience)), ct); }
        catch (RuntimeException e) when (e.Code == RuntimeErrorCode.NotFound) { } // gone is stopped
    }

    public async Task RemoveContainerAsync(string containerId, CancellationToken ct)
    {
        var request = new RemoveContainerRequest { ContainerId = containerId };
        try
        {
            await CriChannel.Call(_runtime.RemoveContainerAsync(request, Options(ct)), ct);
        }
        // Its start was broken off after the process was there: CRI takes it for never started, and neither ends nor removes it.
        catch (RuntimeException e) when (e.Description.Contains("cannot delete running task", StringComparison.Ordinal))
        {
            await _exec.KillAsync(containerId, ct);
            await CriChannel.Call(_runtime.RemoveContainerAsync(request, Options(ct)), ct);
        }
    }

    public async Task<Runtime.ContainerStatus?> GetContainerAsync(string containerId, CancellationToken ct)
    {
        try
        {
            var r = await CriChannel.Call(_runtime.ContainerStatusAsync(new ContainerStatusRequest { ContainerId = containerId }, Options(ct)), ct);
            return CriAnswers.Container(r.Status);
        }
        catch (RuntimeException e) when (e.Code == RuntimeErrorCode.NotFound) { return null; }
    }

    public async Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(Runtime.ContainerFilter? filter, CancellationToken ct)
    {
        var r = await CriChannel.Call(_runtime.ListContainersAsync(new ListContainersRequest { Filter = CriRequests.Filter(filter) }, Options(ct)), ct);
        return [.. r.Containers.Select(CriAnswers.Container)];
    }

    public Task UpdateContainerResourcesAsync(string containerId, LinuxResources resources, CancellationToken ct)
    {
        var request = new UpdateContainerResourcesRequest { ContainerId = containerId, Linux = CriRequests.Resources(resources) };
        return CriChannel.Call(_runtime.UpdateContainerResourcesAsync(request, Options(ct)), ct);
    }

    public async Task<IReadOnlyList<Runtime.ContainerStats>> ListContainerStatsAsync(Runtime.ContainerFilter? filter, CancellationToken ct)
    {
        var request = new ListContainerStatsRequest { Filter = new ContainerStatsFilter { Id = filter?.Id ?? "", PodSandboxId = filter?.SandboxId ?? "" } };
        request.Filter.LabelSelector.Add(filter?.Labels);
        var r = await CriChannel.Call(_runtime.ListContainerStatsAsync(request, Options(ct)), ct);
        return [.. r.Stats.Select(CriAnswers.Stats)];
    }

    public Task ReopenContainerLogAsync(string containerId, CancellationToken ct) =>
        CriChannel.Call(_runtime.ReopenContainerLogAsync(new ReopenContainerLogRequest { ContainerId = containerId }, Options(ct)), ct);

    public async Task<ExecResult> ExecSyncAsync(string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken ct)
    {
        var request = new ExecSyncRequest { ContainerId = containerId, Timeout = WholeSeconds(timeout), Cmd = { command } };
        // Without a timeout of its own the command may run for ever.
        var options = _channel.Options(ct, timeout > TimeSpan.Zero ? timeout + Patience : null);
        var r = await CriChannel.Call(_runtime.ExecSyncAsync(request, options), ct);
        return new ExecResult(r.ExitCode, r.Stdout.Memory, r.Stderr.Memory);
    }

    public Task<int> ExecAsync(string containerId, IReadOnlyList<string> command, ExecStreams streams, CancellationToken ct) =>
        _exec.RunAsync(containerId, command, streams, ct);

    private static long WholeSeconds(TimeSpan span) => (long)Math.Ceiling(span.TotalSeconds);
}
