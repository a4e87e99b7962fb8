using Coxswain.Api;
using Coxswain.ApiServer.Admission;
using Coxswain.ApiServer.Quotas;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>POST to a collection, and PUT to a name that does not exist where the kind allows that.</summary>
internal sealed class CreateVerb(ResourceEndpoint endpoint)
{
    private readonly StoredResource _stored = endpoint.Stored;
    private readonly ApiServerCore _core = endpoint.Core;
    private ResourceType Type => _stored.Type;

    public async ValueTask<Answer> RunAsync(RequestContext context, ObjectBody body)
    {
        var value = endpoint.Accept(body, context);
        var meta = value.Metadata;
        MatchNamespace(Type, context.Namespace, meta);
        if (meta.ResourceVersion is not (null or "" or "0")) throw ApiErrors.Unknown("resourceVersion should not be set on objects to be created"); // 500, as upstream: the refusal comes from its store;
        var admission = new AdmissionRequest(_core, context, _stored.Definition, AdmissionOperation.Create, "", value, null);
        _core.Admission.Mutate(admission);
        var generated = string.IsNullOrEmpty(meta.Name) && !string.IsNullOrEmpty(meta.GenerateName);
        for (var attempt = 1; ; attempt++)
        {
            if (generated) meta.Name = NameGenerator.Generate(meta.GenerateName);
            using var claim = _core.Claim(_stored.Definition, value, null, context.DryRun);
            Prepare(context, value);
            _core.Admission.Validate(admission);
            using var charge = _core.Quotas.Charge(admission); // last: nothing is charged that another step refuses
            if (await CommitAsync(context, value, claim, charge) is { } answer) return answer;
            if (!generated) throw Taken(meta);
            if (attempt == NameGenerator.Attempts) throw NoFreeName(meta.Name);
        }
    }

    /// <summary>Fills what the server gives every new object, lets the kind prepare it, and checks it.</summary>
    internal void Prepare(RequestContext context, IKubernetesObject<V1ObjectMeta> value)
    {
        var meta = value.Metadata;
        meta.DeletionTimestamp = null;
        meta.DeletionGracePeriodSeconds = null;
        meta.ManagedFields = null;
        meta.SelfLink = null;
        meta.ResourceVersion = null;
        meta.Uid = Guid.NewGuid().ToString();
        meta.CreationTimestamp = _core.Now();
        _stored.Definition.PrepareObjectForCreate(value);
        var errors = new FieldErrors();
        MetadataRules.Validate(_stored.Definition, meta, errors);
        _stored.Definition.ValidateObject(value, errors);
        _stored.Definition.ValidateObjectCreate(value, errors);
        endpoint.ValidateServed(value, null, errors);
        if (errors.Count > 0) throw ApiErrors.Invalid(Type.GroupVersionKind, meta.Name ?? "", errors);
        _stored.Definition.CollectWarnings(value, null, context.Warnings);
    }

    /// <summary>Null when the name is taken.</summary>
    internal async ValueTask<Answer?> CommitAsync(RequestContext context, IKubernetesObject<V1ObjectMeta> value, WriteClaim? claim, QuotaCharge? charge)
    {
        var key = _stored.Key(value.Metadata.NamespaceProperty ?? "", value.Metadata.Name);
        if (context.DryRun) return _core.Store.Get(key) is null ? endpoint.AnswerUnstored(201, value) : null;
        var result = await _stored.CreateAsync(key, value, charge, context.Cancelled);
        if (!result.Succeeded) return null;
        claim?.Commit();
        return endpoint.AnswerStored(201, result.Value!, value);
    }

    /// <summary>The object belongs to the path's namespace; cluster-scoped objects to none.</summary>
    internal static void MatchNamespace(ResourceType type, string ns, V1ObjectMeta meta)
    {
        if (!type.Namespaced) meta.NamespaceProperty = null;
        else if (string.IsNullOrEmpty(meta.NamespaceProperty)) meta.NamespaceProperty = ns;
        else if (meta.NamespaceProperty != ns) throw ApiErrors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
    }

    internal StatusException Taken(V1ObjectMeta meta)
    {
        var error = ApiErrors.AlreadyExists(Type, meta.Name);
        var holder = _stored.Get(meta.NamespaceProperty ?? "", meta.Name);
        if (holder is not null && _stored.Shared(holder).Metadata.DeletionTimestamp is not null) error.Status.Message = $"object is being deleted: {error.Status.Message}";
        return error;
    }

    private StatusException NoFreeName(string name)
    {
        var error = ApiErrors.AlreadyExists(Type, name);
        error.Status.Message = $"{Type.GroupResource} \"{name}\" already exists, the server was not able to generate a unique name for the object";
        error.Status.Details.RetryAfterSeconds = 1;
        return error;
    }
}
