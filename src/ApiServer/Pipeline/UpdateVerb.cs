using Coxswain.Api;
using Coxswain.ApiServer.Admission;
using Coxswain.ApiServer.Quotas;
using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>PUT and PATCH, of an object or one of its parts: compare-and-set against the newest state until it holds.</summary>
internal sealed class UpdateVerb(ResourceEndpoint endpoint)
{
    private readonly StoredResource _stored = endpoint.Stored;
    private readonly ApiServerCore _core = endpoint.Core;
    private ResourceType Type => _stored.Type;

    public async ValueTask<Answer> RunAsync(RequestContext context, UpdatePlan plan)
    {
        while (true)
        {
            var stored = _stored.Get(context.Namespace, context.Name);
            if (stored is null)
            {
                if (!plan.MayCreate || !_stored.Definition.AllowCreateOnUpdate) throw ApiErrors.NotFound(Type, context.Name);
                if (await CreateAsync(context, plan.Next(null, null)) is { } made) return made;
                continue;
            }
            if (await TryAsync(context, plan, stored) is { } answer) return answer;
        }
    }

    /// <summary>One attempt against one state. Null when another writer was faster.</summary>
    private async ValueTask<Answer?> TryAsync(RequestContext context, UpdatePlan plan, StoredValue stored)
    {
        // 1. The new state, from the present one.
        var old = _stored.Copy(stored);
        var value = plan.Next(old, stored);
        if (ReferenceEquals(value, old)) old = _stored.Copy(stored);
        if (plan.UidIsPrecondition) CheckUid(context, value.Metadata, old.Metadata);
        var admission = new AdmissionRequest(_core, context, _stored.Definition, AdmissionOperation.Update, plan.Subresource, value, old);
        _core.Admission.Mutate(admission);

        // 2. It must be meant for the present state, and there must be room for it.
        CheckRevision(context, value.Metadata, stored);
        using var claim = plan.Part == UpdatePart.Main ? _core.Claim(_stored.Definition, value, old, context.DryRun) : null;

        // 3. What may not change is carried over; the rest is checked.
        CreateVerb.MatchNamespace(Type, context.Namespace, value.Metadata);
        CarryMetadata(value.Metadata, old.Metadata);
        Prepare(plan, value, old);
        Validate(plan, value, old);
        _stored.Definition.CollectWarnings(value, old, context.Warnings);
        _core.Admission.Validate(admission);
        using var charge = _core.Quotas.Charge(admission);

        // 4. Commit: nothing when nothing changed, the end of the object when its last finalizer went.
        return EndsObject(value, old.Metadata) ? await RemoveAsync(context, plan, stored, value) : await CommitAsync(context, plan, stored, value, claim, charge);
    }

    private async ValueTask<Answer?> CommitAsync(RequestContext context, UpdatePlan plan, StoredValue stored, IKubernetesObject<V1ObjectMeta> value, WriteClaim? claim, QuotaCharge? charge)
    {
        if (_stored.Difference(stored, value) is not { } json) return plan.Show?.Invoke(value) ?? endpoint.AnswerStored(200, stored, value);
        if (context.DryRun) return plan.Show?.Invoke(value) ?? endpoint.AnswerUnstored(200, value);
        var result = await _stored.UpdateAsync(stored, value, json, charge, context.Cancelled);
        if (!result.Succeeded) return null;
        claim?.Commit();
        return plan.Show?.Invoke(value) ?? endpoint.AnswerStored(200, result.Value!, value);
    }

    private async ValueTask<Answer?> RemoveAsync(RequestContext context, UpdatePlan plan, StoredValue stored, IKubernetesObject<V1ObjectMeta> value)
    {
        if (context.DryRun) return plan.Show?.Invoke(value) ?? endpoint.AnswerUnstored(200, value);
        var result = await _stored.DeleteAsync(stored, value, asStored: false, context.Cancelled);
        if (!result.Succeeded) return null;
        _core.Gone(_stored.Definition, value);
        return plan.Show?.Invoke(value) ?? endpoint.AnswerStored(200, result.Value!, value);
    }

    private async ValueTask<Answer?> CreateAsync(RequestContext context, IKubernetesObject<V1ObjectMeta> value)
    {
        CreateVerb.MatchNamespace(Type, context.Namespace, value.Metadata);
        if (value.Metadata.ResourceVersion is not (null or "" or "0")) throw ApiErrors.Modified(Type, context.Name);
        if (!string.IsNullOrEmpty(value.Metadata.Uid)) throw StaleUid(context, value.Metadata.Uid, "");
        var admission = new AdmissionRequest(_core, context, _stored.Definition, AdmissionOperation.Create, "", value, null);
        _core.Admission.Mutate(admission);
        using var claim = _core.Claim(_stored.Definition, value, null, context.DryRun);
        endpoint.Create.Prepare(context, value);
        _core.Admission.Validate(admission);
        using var charge = _core.Quotas.Charge(admission);
        return await endpoint.Create.CommitAsync(context, value, claim, charge);
    }

    private void CheckUid(RequestContext context, V1ObjectMeta meta, V1ObjectMeta old)
    {
        if (!string.IsNullOrEmpty(meta.Uid) && meta.Uid != old.Uid) throw StaleUid(context, meta.Uid, old.Uid);
    }

    private StatusException StaleUid(RequestContext context, string wanted, string found) => ApiErrors.Conflict(Type, context.Name,
        $"StorageError: invalid object, Code: 4, Key: {StorageKeyText.Of(Type, context.Namespace, context.Name)}, ResourceVersion: 0, "
        + $"AdditionalErrorMsg: Precondition failed: UID in precondition: {wanted}, UID in object meta: {found}");

    private void CheckRevision(RequestContext context, V1ObjectMeta meta, StoredValue stored)
    {
        if (meta.ResourceVersion is null or "" or "0")
        {
            if (_stored.Definition.AllowUnconditionalUpdate) return;
            var errors = new FieldErrors();
            errors.Invalid(FieldPath.Root("metadata").Child("resourceVersion"), 0, "must be specified for an update");
            throw ApiErrors.Invalid(Type.GroupVersionKind with { Kind = Type.Resource }, context.Name, errors);
        }
        if (!GoNumber.TryUint64(meta.ResourceVersion, out var revision, out var error)) throw ApiErrors.Unknown(error!); // 500, as upstream: the refusal comes from its store
        if (revision != (ulong)stored.Revision) throw ApiErrors.Modified(Type, context.Name);
    }

    private static void CarryMetadata(V1ObjectMeta meta, V1ObjectMeta old)
    {
        meta.Generation = old.Generation;
        meta.ManagedFields = null;
        meta.SelfLink = null;
        if (string.IsNullOrEmpty(meta.Uid)) meta.Uid = old.Uid;
        meta.CreationTimestamp = old.CreationTimestamp;
        if (old.DeletionTimestamp is not null) meta.DeletionTimestamp = old.DeletionTimestamp;
        meta.DeletionGracePeriodSeconds ??= old.DeletionGracePeriodSeconds;
    }

    /// <remarks>The kind may hand parts of <paramref name="old"/> over to the new state, so nobody else holds it.</remarks>
    private void Prepare(UpdatePlan plan, IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old)
    {
        switch (plan.Part)
        {
            case UpdatePart.Main: _stored.Definition.PrepareObjectForUpdate(value, old); break;
            case UpdatePart.Status: _stored.Definition.PrepareObjectForStatusUpdate(value, old); break;
            case UpdatePart.Other: _stored.Definition.PrepareObjectForSubresourceUpdate(plan.Subresource, value, old); break;
            default: break;
        }
    }

    private void Validate(UpdatePlan plan, IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old)
    {
        var errors = new FieldErrors();
        MetadataRules.Validate(_stored.Definition, value.Metadata, errors);
        MetadataRules.ValidateUpdate(value.Metadata, old.Metadata, errors);
        switch (plan.Part)
        {
            case UpdatePart.Main:
                _stored.Definition.ValidateObjectUpdate(value, old, errors);
                _stored.Definition.ValidateObject(value, errors);
                endpoint.ValidateServed(value, old, errors);
                break;
            case UpdatePart.Status: _stored.Definition.ValidateObjectStatusUpdate(value, old, errors); break;
            case UpdatePart.Other: _stored.Definition.ValidateObjectSubresourceUpdate(plan.Subresource, value, old, errors); break;
            default: break;
        }
        if (errors.Count > 0) throw ApiErrors.Invalid(Type.GroupVersionKind, value.Metadata.Name ?? "", errors);
    }

    private bool EndsObject(IKubernetesObject<V1ObjectMeta> value, V1ObjectMeta old) =>
        old.DeletionTimestamp is not null && old.DeletionGracePeriodSeconds is null or 0
        && value.Metadata.Finalizers is not { Count: > 0 } && !_stored.Definition.HoldsObject(value);
}
