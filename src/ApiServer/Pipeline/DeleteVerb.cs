using Coxswain.Api;
using Coxswain.ApiServer.Admission;
using Coxswain.ApiServer.Resources;
using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>
/// DELETE. An object goes at once, or it is marked (deletionTimestamp) and lives on until its grace period is over and its last finalizer is gone.
/// </summary>
internal sealed class DeleteVerb(ResourceEndpoint endpoint)
{
    private readonly StoredResource _stored = endpoint.Stored;
    private readonly ApiServerCore _core = endpoint.Core;
    private ResourceDefinition Definition => _stored.Definition;
    private ResourceType Type => _stored.Type;

    /// <summary>What one look at the object decided.</summary>
    private enum Step { Remove, Mark, AlreadyUnderWay }

    public async ValueTask<Answer> RunAsync(RequestContext context, V1DeleteOptions? given)
    {
        var options = given ?? new V1DeleteOptions();
        DeleteOptionsRules.Validate(options);
        var dryRun = context.DryRun || options.DryRun is { Count: > 0 };
        for (var first = true; ; first = false)
        {
            var stored = _stored.GetOrThrow(context.Namespace, context.Name);
            var value = _stored.Copy(stored);
            CheckPreconditions(options, value.Metadata);
            if (first) _core.Admission.Validate(new AdmissionRequest(_core, context, Definition, AdmissionOperation.Delete, "", null, value));
            var step = Decide(value, options, out var touched);
            if (step == Step.AlreadyUnderWay) return Definition.ReturnsDeletedObject ? endpoint.AnswerStored(200, stored, value) : Done(value.Metadata);
            var answer = step == Step.Mark
                ? await MarkAsync(context, stored, value, options, dryRun)
                : await RemoveAsync(context, stored, value, touched, dryRun);
            if (answer is { } found) return found;
        }
    }

    /// <summary>Marks <paramref name="value"/> as far as the deletion goes now.</summary>
    /// <param name="touched">The mark is to be seen in the last state that watchers get, although the object goes at once.</param>
    private Step Decide(IKubernetesObject<V1ObjectMeta> value, V1DeleteOptions options, out bool touched)
    {
        var meta = value.Metadata;
        touched = false;
        long? grace = null;
        if (meta.DeletionTimestamp is { } marked && meta.DeletionGracePeriodSeconds is > 0 and var running)
        {
            // Under way: the wait may only get shorter.
            if (Grace(options) is not { } shorter || shorter >= running) return Step.AlreadyUnderWay;
            var began = marked.PlusSeconds(-running);
            if (began == DateTime.MinValue) began = _core.Now(); // the end was cut at the last possible time, so the start cannot be computed
            meta.DeletionTimestamp = began.PlusSeconds(shorter);
            meta.DeletionGracePeriodSeconds = grace = shorter;
        }
        else if (meta.DeletionTimestamp is null && Definition.GracePeriodOf(value, options) is { } period)
        {
            grace = period < 0 ? 1 : period;
            meta.DeletionTimestamp = _core.Now().PlusSeconds(grace.Value);
            meta.DeletionGracePeriodSeconds = grace;
            BumpGeneration(meta);
        }
        touched = grace is not null;
        var finalizers = meta.Finalizers;
        PropagationFinalizers.Apply(Definition, endpoint.OrphansByDefault, meta, options);
        var held = meta.Finalizers is { Count: > 0 } || Definition.HoldsObject(value);
        if (!held && grace is null or 0)
        {
            if (!touched) meta.Finalizers = finalizers; // shown as it was
            return Step.Remove;
        }
        if (grace is null) MarkNow(meta);
        Definition.MarkObjectForDelete(value);
        return Step.Mark;
    }

    /// <summary>For objects without a grace period that finalizers hold.</summary>
    private void MarkNow(V1ObjectMeta meta)
    {
        if (meta.DeletionTimestamp is null) BumpGeneration(meta);
        var now = _core.Now();
        if (meta.DeletionTimestamp is null || meta.DeletionTimestamp > now) meta.DeletionTimestamp = now;
        if (meta.Finalizers is { Count: > 0 }) meta.DeletionGracePeriodSeconds = 0;
    }

    private static void BumpGeneration(V1ObjectMeta meta)
    {
        if (meta.Generation > 0) meta.Generation++;
    }

    /// <summary>Null when another writer was faster.</summary>
    private async ValueTask<Answer?> MarkAsync(RequestContext context, StoredValue stored, IKubernetesObject<V1ObjectMeta> value, V1DeleteOptions options, bool dryRun)
    {
#pragma warning disable CS0618 // old clients still send orphanDependents
        var code = options.OrphanDependents == false ? 202 : 200;
#pragma warning restore CS0618
        if (_stored.Difference(stored, value) is not { } json) return endpoint.AnswerStored(code, stored, value);
        if (dryRun) return endpoint.AnswerUnstored(code, value);
        var result = await _stored.MarkAsync(stored, value, json, null, context.Cancelled);
        return result.Succeeded ? endpoint.AnswerStored(code, result.Value!, value) : null;
    }

    private async ValueTask<Answer?> RemoveAsync(RequestContext context, StoredValue stored, IKubernetesObject<V1ObjectMeta> value, bool touched, bool dryRun)
    {
        if (dryRun) return Definition.ReturnsDeletedObject ? endpoint.AnswerUnstored(200, value) : Done(value.Metadata);
        var result = await _stored.DeleteAsync(stored, value, asStored: !touched, context.Cancelled);
        if (!result.Succeeded) return null;
        _core.Gone(Definition, value);
        return Definition.ReturnsDeletedObject ? endpoint.AnswerStored(200, result.Value!, null) : Done(value.Metadata);
    }

    private Answer Done(V1ObjectMeta meta)
    {
        var status = new V1Status
        {
            ApiVersion = "v1",
            Kind = "Status",
            Metadata = new V1ListMeta(),
            Status = "Success",
            Details = new V1StatusDetails { Name = meta.Name, Group = Type.Group.Length == 0 ? null : Type.Group, Kind = Type.Resource, Uid = meta.Uid },
        };
        return new Answer(200, KubeJson.Serialize(status)) { IsStatus = true };
    }

    private void CheckPreconditions(V1DeleteOptions options, V1ObjectMeta meta)
    {
        if (options.Preconditions?.Uid is { } uid && uid != meta.Uid)
        {
            throw Stale(meta.Name, "UID", uid, meta.Uid, "The object might have been deleted and then recreated");
        }
        if (options.Preconditions?.ResourceVersion is { } version && version != meta.ResourceVersion)
        {
            throw Stale(meta.Name, "ResourceVersion", version, meta.ResourceVersion, "The object might have been modified");
        }
    }

    /// <summary>These name the kind where other conflicts name the resource.</summary>
    private StatusException Stale(string name, string what, string wanted, string found, string perhaps)
    {
        if (Definition.TellsPreconditionsAsTheStoreDoes) return ApiErrors.Conflict(Type, name, $"Precondition failed: {what} in precondition: {wanted}, {what} in object meta: {found}");
        var why = $"the {what} in the precondition ({wanted}) does not match the {what} in record ({found}). {perhaps}";
        return ApiErrors.Conflict(Type.GroupVersionKind, name, why);
    }

    private static long? Grace(V1DeleteOptions options) => options.GracePeriodSeconds is < 0 ? 1 : options.GracePeriodSeconds;
}
