using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Makes and deletes Pods for one kind of owner, keeps account of it, and tells of it in Events about the owner.</summary>
internal sealed class PodControl<T>(ControllerContext context, ResourceType<T> type) where T : class, IKubernetesObject<V1ObjectMeta>, new()
{
    public PendingWrites Pending { get; } = new();

    /// <exception cref="StatusException">The API refused; the owner has an Event that says so.</exception>
    public async Task CreateAsync(T owner, V1Pod pod, CancellationToken ct)
    {
        try
        {
            var created = await context.Client.CreateAsync(Kinds.Pods, pod, ct);
            Pending.Wrote(owner.Metadata.Uid, Revisions.Of(created));
            context.Events.Normal(type, owner, "SuccessfulCreate", $"Created pod: {created.Metadata.Name}");
        }
        catch (StatusException e)
        {
            if (!IsNamespaceTerminating(e)) context.Events.Warning(type, owner, "FailedCreate", $"Error creating: {e.Message}");
            throw;
        }
    }

    public async Task DeleteAsync(T owner, V1Pod pod, CancellationToken ct)
    {
        Pending.Deleted(pod.Metadata.Uid);
        try
        {
            await context.Client.DeleteAsync(Kinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } }, ct);
            context.Events.Normal(type, owner, "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}");
        }
        catch (StatusException e) when (e.Code is 404 or 409) { } // gone already, or another Pod by now bears the name
        catch (Exception e)
        {
            Pending.Forget(pod.Metadata.Uid);
            if (e is StatusException) context.Events.Warning(type, owner, "FailedDelete", $"Error deleting: {e.Message}");
            throw;
        }
    }

    /// <summary>Lets go of what the cache now shows; part of every owner's Pod handler.</summary>
    public void Observe(InformerEvent<V1Pod> change)
    {
        if (change.IsDelete || PodState.IsTerminating(change.Value)) Pending.Forget(change.Value.Metadata.Uid);
    }

    /// <summary>Whether a Pod counts: neither finished nor going, as far as the cache or this controller knows.</summary>
    public bool IsActive(V1Pod pod) => PodState.IsActive(pod) && !Pending.IsDeleted(pod.Metadata.Uid);

    /// <summary>Nothing can be made in a namespace that is going, and nobody needs to be told.</summary>
    public static bool IsNamespaceTerminating(StatusException e) => e.Status.Details?.Causes?.Any(cause => cause.Reason == "NamespaceTerminating") == true;
}
