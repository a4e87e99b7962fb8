using System.Globalization;
using Coxswain.Api;
using k8s.Models;
using static Coxswain.Controllers.DeploymentMath;

namespace Coxswain.Controllers;

/// <summary>A Deployment's ReplicaSets as its history: one a template, the newest of which is the one to roll out.</summary>
internal sealed class ReplicaSetHistory(ControllerContext context)
{
    /// <summary>The ReplicaSet that has the Deployment's template; of several, the oldest.</summary>
    public static V1ReplicaSet? Newest(V1Deployment deployment, IEnumerable<V1ReplicaSet> all) =>
        all.OrderBy(CreatedAt).FirstOrDefault(set => PodTemplates.SameExceptHash(set.Spec.Template, deployment.Spec.Template));

    /// <summary>Brings revision numbers and annotations up to date; makes the newest ReplicaSet when asked to and missing.</summary>
    /// <returns>The newest ReplicaSet, or null; and the Deployment, changed if its status had to be written.</returns>
    public async Task<(V1ReplicaSet? Newest, V1Deployment Deployment)> SyncAsync(V1Deployment deployment, IReadOnlyList<V1ReplicaSet> all, bool create, CancellationToken ct)
    {
        var newest = Newest(deployment, all);
        var revision = all.Where(set => set != newest).Select(set => DeploymentAnnotations.RevisionOf(set.Metadata.Annotations)).DefaultIfEmpty(0).Max() + 1;
        if (newest is not null) return await AdoptNewestAsync(deployment, newest, revision, ct);
        if (!create) return (null, deployment);
        return await CreateNewestAsync(deployment, all, revision, ct);
    }

    private async Task<(V1ReplicaSet?, V1Deployment)> AdoptNewestAsync(V1Deployment deployment, V1ReplicaSet newest, long revision, CancellationToken ct)
    {
        var annotations = DeploymentAnnotations.ForNewest(deployment, newest.Metadata.Annotations, revision);
        var minReady = deployment.Spec.MinReadySeconds ?? 0;
        if (!Same(annotations, newest.Metadata.Annotations) || (newest.Spec.MinReadySeconds ?? 0) != minReady)
        {
            var changed = Kinds.ReplicaSets.Clone(newest);
            changed.Metadata.Annotations = annotations;
            changed.Spec.MinReadySeconds = Numbers.OrNull(minReady);
            newest = await context.Client.UpdateAsync(Kinds.ReplicaSets, changed, null, ct);
        }
        var isNew = DeploymentConditions.Get(deployment.Status?.Conditions, DeploymentConditions.Progressing) is null;
        var progress = isNew ? Progress("True", DeploymentConditions.FoundNewReplicaSet, $"Found new replica set \"{newest.Metadata.Name}\"") : null;
        return (newest, await NoteAsync(deployment, DeploymentAnnotations.RevisionOf(newest.Metadata.Annotations), progress, ct));
    }

    private async Task<(V1ReplicaSet?, V1Deployment)> CreateNewestAsync(V1Deployment deployment, IReadOnlyList<V1ReplicaSet> all, long revision, CancellationToken ct)
    {
        var wanted = Make(deployment, all, revision);
        var (name, size) = (wanted.Metadata.Name, Replicas(wanted));
        V1ReplicaSet created;
        try
        {
            created = await context.Client.CreateAsync(Kinds.ReplicaSets, wanted, ct);
        }
        catch (StatusException e) when (e.Reason == "AlreadyExists")
        {
            return (await ExistingAsync(deployment, name, ct), deployment);
        }
        catch (StatusException e) when (!PodControl<V1Deployment>.IsNamespaceTerminating(e))
        {
            var message = $"Failed to create new replica set \"{name}\": {e.Message}";
            await NoteAsync(deployment, null, Progress("False", DeploymentConditions.ReplicaSetCreateError, message), ct);
            context.Events.Warning(Kinds.Deployments, deployment, DeploymentConditions.ReplicaSetCreateError, message);
            throw;
        }
        if (size > 0) context.Events.Normal(Kinds.Deployments, deployment, "ScalingReplicaSet", $"Scaled up replica set {name} from 0 to {size}");
        return (created, await NoteAsync(deployment, revision, Progress("True", DeploymentConditions.NewReplicaSetCreated, $"Created new replica set \"{name}\""), ct));
    }

    /// <summary>The name is taken: by our own ReplicaSet that the cache has not shown yet, or by a stranger with the same hash.</summary>
    private async Task<V1ReplicaSet> ExistingAsync(V1Deployment deployment, string name, CancellationToken ct)
    {
        var found = await context.Client.GetAsync(Kinds.ReplicaSets, deployment.Metadata.NamespaceProperty, name, ct);
        if (OwnerReferences.IsControlledBy(found, deployment) && PodTemplates.SameExceptHash(found.Spec.Template, deployment.Spec.Template)) return found;
        var status = (deployment.Status ?? new V1DeploymentStatus()) with { CollisionCount = (deployment.Status?.CollisionCount ?? 0) + 1 };
        await context.Client.UpdateAsync(Kinds.Deployments, deployment with { Metadata = deployment.Metadata with { }, Status = status }, "status", ct);
        throw ApiErrors.AlreadyExists(Kinds.ReplicaSets, name); // a 409: looked at again with the new collision count
    }

    private static V1ReplicaSet Make(V1Deployment deployment, IReadOnlyList<V1ReplicaSet> all, long revision)
    {
        var hash = PodTemplates.Hash(deployment.Spec.Template, deployment.Status?.CollisionCount);
        var template = PodTemplates.Clone(deployment.Spec.Template);
        var labels = PodTemplates.Copy(template.Metadata?.Labels) ?? [];
        labels[PodTemplates.HashLabel] = hash;
        template.Metadata = (template.Metadata ?? new V1ObjectMeta()) with { Labels = labels };
        var selected = PodTemplates.Copy(deployment.Spec.Selector.MatchLabels) ?? [];
        selected[PodTemplates.HashLabel] = hash;

        var set = Kinds.ReplicaSets.New(deployment.Metadata.NamespaceProperty, $"{deployment.Metadata.Name}-{hash}");
        set.Metadata.Labels = PodTemplates.Copy(labels);
        set.Metadata.OwnerReferences = [OwnerReferences.ControllerReference(Kinds.Deployments, deployment)];
        set.Metadata.Annotations = DeploymentAnnotations.ForNewest(deployment, null, revision);
        DeploymentAnnotations.SetSize(set.Metadata.Annotations, Replicas(deployment), Replicas(deployment) + MaxSurge(deployment));
        set.Spec = new V1ReplicaSetSpec
        {
            Replicas = NewestSize(deployment, all, 0),
            MinReadySeconds = Numbers.OrNull(deployment.Spec.MinReadySeconds ?? 0),
            Selector = deployment.Spec.Selector with { MatchLabels = selected, MatchExpressions = deployment.Spec.Selector.MatchExpressions?.ToList() },
            Template = template,
        };
        return set;
    }

    private V1DeploymentCondition Progress(string value, string reason, string message) =>
        DeploymentConditions.New(DeploymentConditions.Progressing, value, reason, message, context.NowSeconds);

    /// <summary>Writes down the revision and how it goes. Both through the status: a change of annotations in the object itself would count as a new generation.</summary>
    private async Task<V1Deployment> NoteAsync(V1Deployment deployment, long? revision, V1DeploymentCondition? progress, CancellationToken ct)
    {
        var (metadata, status) = (deployment.Metadata with { }, deployment.Status ?? new V1DeploymentStatus());
        if (revision is { } number && DeploymentAnnotations.RevisionOf(metadata.Annotations) != number)
        {
            metadata.Annotations = PodTemplates.Copy(metadata.Annotations) ?? [];
            metadata.Annotations[DeploymentAnnotations.Revision] = number.ToString(CultureInfo.InvariantCulture);
        }
        if (progress is not null && DeploymentStatus.HasDeadline(deployment)) status = status with { Conditions = DeploymentConditions.Set(status.Conditions, progress) };
        else if (ReferenceEquals(metadata.Annotations, deployment.Metadata.Annotations)) return deployment;
        return await context.Client.UpdateAsync(Kinds.Deployments, deployment with { Metadata = metadata, Status = status }, "status", ct);
    }

    private static bool Same(Dictionary<string, string> a, IDictionary<string, string>? b) =>
        a.Count == (b?.Count ?? 0) && a.All(pair => b!.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
