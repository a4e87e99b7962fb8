using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Node.Logs;
using Coxswain.Node.Pods;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node;

/// <summary>What the API server asks of the node on behalf of <c>kubectl logs</c> and <c>kubectl exec</c>.</summary>
public sealed partial class NodeAgent
{
    /// <summary>Writes a container's log to <paramref name="output"/> until its end; with <see cref="LogOptions.Follow"/>, until the container has ended.</summary>
    /// <exception cref="StatusException">There is no such log.</exception>
    public async Task WriteLogAsync(V1Pod pod, string container, LogOptions options, Stream output, CancellationToken ct)
    {
        var context = await FindAsync(pod, ct);
        var status = options.Previous ? context.View.Previous(container) : context.View.Latest(container);
        if (status is null)
        {
            throw ApiErrors.BadRequest(options.Previous
                ? $"previous terminated container \"{container}\" in pod \"{pod.Metadata.Name}\" not found"
                : $"container \"{container}\" in pod \"{pod.Metadata.Name}\" is not available");
        }
        var paths = new Pods.Config.PodPaths(_options.DataDirectory);
        var file = new LogFile(paths.Logs, Path.GetRelativePath(paths.Logs, paths.Log(context.Pod, container, status.RestartCountOf())));
        using var reader = new LogReader(file, options, _time,
            () => context.View.Containers.FirstOrDefault(c => c.Id == status.Id) is not { State: ContainerState.Running or ContainerState.Created });
        context.Changed += reader.Wake;
        try
        {
            await reader.CopyAsync(output, ct);
        }
        finally
        {
            context.Changed -= reader.Wake;
        }
    }

    /// <summary>Runs a command in a running container.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="StatusException">It could not be started.</exception>
    public async Task<int> ExecAsync(V1Pod pod, string container, IReadOnlyList<string> command, ExecStreams streams, CancellationToken ct)
    {
        if (await LookUpAsync(pod, ct) is not { } context) throw NotThere("pod does not exist");
        if (context.View.Latest(container) is not { State: ContainerState.Running } running) throw NotThere($"container not found (\"{container}\")");
        try
        {
            return await _runtime.ExecAsync(running.Id, command, streams, ct);
        }
        catch (RuntimeException e)
        {
            throw ApiErrors.Internal($"error executing command in container: {e.Description}");
        }
    }

    private static StatusException NotThere(string what) => ApiErrors.Unknown($"unable to upgrade connection: {what}");

    private async Task<PodContext> FindAsync(V1Pod pod, CancellationToken ct) => await LookUpAsync(pod, ct) ?? throw ApiErrors.NotFound(Kinds.Pods, pod.Metadata.Name);

    private async Task<PodContext?> LookUpAsync(V1Pod pod, CancellationToken ct)
    {
        var pods = await _pods.Task.WaitAsync(ct);
        // A mirror stands for the static Pod whose hash it carries.
        var uid = pod.IsMirror() ? pod.Metadata.Annotations[PodLabels.ConfigMirror] : pod.Metadata.Uid;
        return pods.Find(uid)?.Context;
    }
}
