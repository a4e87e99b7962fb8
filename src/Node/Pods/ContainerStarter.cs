using Coxswain.Api;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods;

/// <summary>Brings one container up: back-off ▸ image ▸ configuration ▸ create ▸ start ▸ postStart. What an earlier life of the worker began is finished, not repeated.</summary>
internal static class ContainerStarter
{
    /// <exception cref="StartFailure">Not now.</exception>
    public static async Task StartAsync(PodContext pod, V1Container container, CancellationToken ct)
    {
        var latest = pod.View.Latest(container.Name);
        if (latest is { State: ContainerState.Exited }) CheckBackOff(pod, container, latest);
        var id = latest is { State: ContainerState.Created } && latest.IsIn(pod.View.ReadySandbox!)
            ? latest.Id
            : await CreateAsync(pod, container, latest, ct);
        await StartAsync(pod, container, id, ct);
        pod.Waiting.TryRemove(container.Name, out _);
        if (container.Lifecycle?.PostStart is { } hook) await PostStartAsync(pod, container, id, hook, ct);
    }

    private static void CheckBackOff(PodContext pod, V1Container container, ContainerStatus ended)
    {
        var (key, finished) = (container.Name, pod.Moments.Of(Ending(ended.Id), (ended.FinishedAt ?? ended.CreatedAt).UtcDateTime));
        // Ten good minutes: whatever was wrong is over.
        if (ended.StartedAt is { } started && finished - pod.Moments.Of(Beginning(ended.Id), started.UtcDateTime) > TimeSpan.FromMinutes(10)) pod.Restarts.Reset(key);
        var left = pod.Restarts.Remaining(key, finished);
        if (left > TimeSpan.Zero)
        {
            pod.Event("Warning", "BackOff", $"Back-off restarting failed container {container.Name} in pod {pod.Pod.FullName()}", container.Name);
            var delay = GoDuration.Format(pod.Restarts.Delay(key));
            throw new StartFailure("CrashLoopBackOff", $"back-off {delay} restarting failed container={container.Name} pod={pod.Pod.FullName()}", left);
        }
        pod.Restarts.Next(key, finished);
    }

    private static async Task<string> CreateAsync(PodContext pod, V1Container container, ContainerStatus? latest, CancellationToken ct)
    {
        var restartCount = latest is null ? RestartsShown(pod, container.Name) : latest.RestartCountOf() + 1;
        var image = await Explain(pod, container, () => ImageStep.EnsureAsync(pod, container, ct));
        var config = await Explain(pod, container, () => ContainerConfigBuilder.BuildAsync(pod, container, restartCount, image, ct));
        var sandbox = pod.View.ReadySandbox!;
        var sandboxConfig = SandboxConfigBuilder.Build(pod, sandbox.Summary.Metadata.Attempt, PodCgroup.PathOf(pod));
        try
        {
            var id = await pod.Node.Runtime.CreateContainerAsync(sandbox.Id, config, sandboxConfig, ct);
            pod.Event("Normal", "Created", "Container created", container.Name);
            return id;
        }
        catch (RuntimeException e)
        {
            pod.Event("Warning", "Failed", $"Error: {e.Description}", container.Name);
            throw new StartFailure("CreateContainerError", e.Description);
        }
    }

    /// <summary>The runtime forgot the container: the count goes on from what the API shows.</summary>
    private static int RestartsShown(PodContext pod, string container)
    {
        var shown = (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? []).FirstOrDefault(s => s.Name == container);
        return shown?.ContainerID is { Length: > 0 } ? shown.RestartCount + 1 : 0;
    }

    private static async Task StartAsync(PodContext pod, V1Container container, string id, CancellationToken ct)
    {
        try
        {
            await pod.Node.Runtime.StartContainerAsync(id, ct);
        }
        catch (RuntimeException e)
        {
            pod.Event("Warning", "Failed", $"Error: {e.Description}", container.Name);
            await RefreshAsync(pod, id, ct);
            throw new StartFailure("RunContainerError", e.Description);
        }
        pod.Event("Normal", "Started", "Container started", container.Name);
        await RefreshAsync(pod, id, ct);
    }

    private static async Task PostStartAsync(PodContext pod, V1Container container, string id, V1LifecycleHandler hook, CancellationToken ct)
    {
        if (await Hooks.RunAsync(pod, container, id, hook, ct) is not { } error) return;
        pod.Event("Warning", "FailedPostStartHook", "PostStartHook failed", container.Name);
        pod.Event("Normal", "Killing", "FailedPostStartHook", container.Name);
        await pod.Node.Runtime.StopContainerAsync(id, ContainerStopper.GraceOf(pod), ct);
        await RefreshAsync(pod, id, ct);
        throw new StartFailure("PostStartHookError", $"PostStartHook failed: {error}");
    }

    public static async Task RefreshAsync(PodContext pod, string id, CancellationToken ct)
    {
        var status = await pod.Node.Runtime.GetContainerAsync(id, ct);
        pod.View = status is null ? pod.View.Without(id) : pod.View.With(status);
        // Seen now: should the clock be set while it runs, it still ran as long as it did.
        if (status?.StartedAt is { } started) pod.Moments.Of(Beginning(id), started.UtcDateTime);
    }

    /// <summary>The container is gone for good.</summary>
    public static void Forget(PodContext pod, string id)
    {
        pod.Moments.Forget(Beginning(id));
        pod.Moments.Forget(Ending(id));
    }

    private static string Beginning(string id) => $"start of {id}";

    private static string Ending(string id) => $"end of {id}";

    /// <summary>Failures before the container is created become an Event too.</summary>
    private static async Task<T> Explain<T>(PodContext pod, V1Container container, Func<Task<T>> step)
    {
        try
        {
            return await step();
        }
        catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException) // the node's disk may be full
        {
            pod.Event("Warning", "Failed", $"Error: {e.Message}", container.Name);
            throw new StartFailure("CreateContainerConfigError", e.Message);
        }
        catch (StartFailure e)
        {
            pod.Event("Warning", "Failed", $"Error: {e.Reason}", container.Name);
            throw;
        }
    }
}
