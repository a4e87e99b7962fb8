using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>The parts of objects that have paths and shapes of their own.</summary>
internal sealed class Subresources(ResourceEndpoint endpoint, UpdateVerb update)
{
    private static readonly ResourceType<V1Scale> Scale = new() { Group = "autoscaling", Version = "v1", Resource = "scale", Kind = "Scale", Namespaced = true };

    private static readonly GroupVersionKind Binding = new("", "v1", "Binding");

    public Answer ShowScale(IKubernetesObject<V1ObjectMeta> value)
    {
        var access = endpoint.Definition.ScaleAccess ?? throw ApiErrors.PathNotFound();
        var scale = access.Read(value);
        return new Answer(200, KubeJson.Serialize(scale), null, scale);
    }

    public ValueTask<Answer> ScaleAsync(RequestContext context, ObjectBody body)
    {
        var scale = RequestDecoder.Decode<V1Scale>(Scale.GroupVersionKind, body, context);
        scale.Metadata ??= new V1ObjectMeta();
        ObjectIdentity.Check(scale.Metadata, context);
        return update.RunAsync(context, Plan(context, _ => scale));
    }

    public ValueTask<Answer> PatchScaleAsync(RequestContext context, Patch patch) => update.RunAsync(context, Plan(context, scale =>
    {
        var json = PatchApplier.Apply(patch, KubeJson.Serialize(scale), Scale, context, out var findings);
        var patched = (V1Scale)PatchApplier.Decode(patch, json, typeof(V1Scale), Scale.GroupVersionKind, context, findings);
        ObjectIdentity.Check(patched.Metadata ??= new V1ObjectMeta(), context);
        return patched;
    }));

    public async ValueTask<Answer> BindAsync(RequestContext context, ObjectBody body)
    {
        var binding = RequestDecoder.Decode<V1Binding>(Binding, body, context);
        binding.Metadata ??= new V1ObjectMeta();
        if ((binding.Metadata.Name ?? "") != context.Name) throw ApiErrors.BadRequest("name in URL does not match name in Binding object");
        PodBinding.Validate(binding);
        if (context.Name.Length == 0) throw ApiErrors.BadRequest("Name parameter required.");
        if (endpoint.Core.Look(Kinds.Namespaces, "", context.Namespace) is null) throw ApiErrors.NotFound(Kinds.Namespaces, context.Namespace);
        await update.RunAsync(context, new UpdatePlan(UpdatePart.Raw, "binding", (old, _) => PodBinding.Apply((V1Pod)old!, binding, endpoint.Core.Now())));
        return new Answer(201, KubeJson.Serialize(new V1Status { ApiVersion = "v1", Kind = "Status", Metadata = new V1ListMeta(), Status = "Success", Code = 201 })) { IsStatus = true };
    }

    public ValueTask<Answer> IssueTokenAsync(RequestContext context, ObjectBody body) => TokenRequests.IssueAsync(endpoint, context, body);

    private UpdatePlan Plan(RequestContext context, Func<V1Scale, V1Scale> next)
    {
        var access = endpoint.Definition.ScaleAccess ?? throw ApiErrors.PathNotFound();
        return new UpdatePlan(UpdatePart.Main, "scale", (old, _) =>
        {
            var scale = next(access.Read(old!));
            var replicas = scale.Spec?.Replicas ?? 0;
            if (replicas < 0)
            {
                var errors = new FieldErrors();
                errors.Invalid(FieldPath.Root("spec").Child("replicas"), replicas, "must be greater than or equal to 0");
                throw ApiErrors.Invalid(new GroupVersionKind("autoscaling", "v1", "Scale"), context.Name, errors);
            }
            access.Write(old!, replicas);
            old!.Metadata.ResourceVersion = scale.Metadata.ResourceVersion;
            if (!string.IsNullOrEmpty(scale.Metadata.Uid)) old.Metadata.Uid = scale.Metadata.Uid;
            return old;
        })
        { UidIsPrecondition = true, Show = ShowScale };
    }
}
