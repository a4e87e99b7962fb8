using Coxswain.Api;
using Coxswain.ApiServer.Admission;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>POST serviceaccounts/NAME/token: checks what is asked for and has it signed.</summary>
internal static class TokenRequests
{
    private const long Shortest = 10 * 60;
    private const long Longest = 1L << 32;
    private const long Usual = 60 * 60;
    private static readonly GroupVersionKind TokenRequest = new("authentication.k8s.io", "v1", "TokenRequest");

    public static async ValueTask<Answer> IssueAsync(ResourceEndpoint endpoint, RequestContext context, ObjectBody body)
    {
        var issuer = endpoint.Core.Options.TokenIssuer ?? throw ApiErrors.PathNotFound();
        var request = RequestDecoder.Decode<Authenticationv1TokenRequest>(TokenRequest, body, context);
        var meta = request.Metadata ??= new V1ObjectMeta();
        var core = endpoint.Core;
        core.Admission.Mutate(new AdmissionRequest(core, context, endpoint.Definition, AdmissionOperation.Create, "token", request, null));
        CheckIdentity(meta, context);
        var account = endpoint.Core.Look(Kinds.ServiceAccounts, context.Namespace, context.Name) ?? throw ApiErrors.NotFound(Kinds.ServiceAccounts, context.Name);
        CheckUid(meta, account);
        (meta.Name, meta.NamespaceProperty, meta.Uid, meta.CreationTimestamp) = (context.Name, context.Namespace, account.Metadata.Uid, endpoint.Core.Now());
        request.Spec ??= new V1TokenRequestSpec();
        request.Spec.ExpirationSeconds ??= Usual;
        if (request.Spec.Audiences is not { Count: > 0 }) request.Spec.Audiences = [issuer.Audience];
        Validate(request);
        var bound = request.Spec.BoundObjectRef is { } reference ? Bind(endpoint.Core, context, reference) : null;
        if (!context.DryRun) request.Status = await issuer.IssueAsync(account, request, bound, context.Cancelled);
        (request.ApiVersion, request.Kind) = (TokenRequest.ApiVersion, TokenRequest.Kind);
        return new Answer(201, KubeJson.Serialize(request), null, request);
    }

    private static void CheckIdentity(V1ObjectMeta meta, RequestContext context)
    {
        if (!string.IsNullOrEmpty(meta.NamespaceProperty) && meta.NamespaceProperty != context.Namespace)
        {
            throw ApiErrors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }
        if (string.IsNullOrEmpty(meta.Name) || meta.Name == context.Name) return;
        var errors = new FieldErrors();
        errors.Invalid(FieldPath.Root("metadata").Child("name"), meta.Name, "must match the service account name if specified");
        throw ApiErrors.Invalid(TokenRequest, context.Name, errors);
    }

    private static void CheckUid(V1ObjectMeta meta, V1ServiceAccount account)
    {
        if (string.IsNullOrEmpty(meta.Uid) || meta.Uid == account.Metadata.Uid) return;
        throw ApiErrors.Conflict(TokenRequest, account.Metadata.Name, $"the UID in the token request ({meta.Uid}) does not match the UID of the service account ({account.Metadata.Uid})");
    }

    private static void Validate(Authenticationv1TokenRequest request)
    {
        var errors = new FieldErrors();
        var path = FieldPath.Root("spec").Child("expirationSeconds");
        var seconds = request.Spec.ExpirationSeconds!.Value;
        if (seconds < Shortest) errors.Invalid(path, seconds, "may not specify a duration less than 10 minutes");
        if (seconds > Longest) errors.Invalid(path, seconds, "may not specify a duration larger than 2^32 seconds");
        if (errors.Count > 0) throw ApiErrors.Invalid(TokenRequest, "", errors);
    }

    /// <summary>The token dies with the object it is bound to, so that must be there.</summary>
    private static BoundObject Bind(ApiServerCore core, RequestContext context, V1BoundObjectReference reference)
    {
        if (!GroupVersion.TryParse(reference.ApiVersion, out var group, out var version)) (group, version) = ("", "");
        var kind = new GroupVersionKind(group, version, reference.Kind ?? "");
        var bound = (kind.Group, kind.Kind) switch
        {
            ("", "Pod") => OfPod(core, context, reference.Name),
            ("", "Secret") => new BoundObject("Secret", reference.Name, (core.Look(Kinds.Secrets, context.Namespace, reference.Name) ?? throw ApiErrors.NotFound(Kinds.Secrets, reference.Name)).Metadata.Uid),
            ("", "Node") => new BoundObject("Node", reference.Name, (core.Look(Kinds.Nodes, "", reference.Name) ?? throw ApiErrors.NotFound(Kinds.Nodes, reference.Name)).Metadata.Uid),
            _ => throw ApiErrors.BadRequest($"cannot bind token to object of type {kind.Group}/{kind.Version}, Kind={kind.Kind}"),
        };
        if (string.IsNullOrEmpty(reference.Uid) || reference.Uid == bound.Uid) return bound;
        throw ApiErrors.Conflict(kind, reference.Name, $"the UID in the bound object reference ({reference.Uid}) does not match the UID in record. The object might have been deleted and then recreated");
    }

    private static BoundObject OfPod(ApiServerCore core, RequestContext context, string name)
    {
        var pod = core.Look(Kinds.Pods, context.Namespace, name) ?? throw ApiErrors.NotFound(Kinds.Pods, name);
        var account = string.IsNullOrEmpty(pod.Spec.ServiceAccountName) ? "" : pod.Spec.ServiceAccountName;
        if (account != context.Name) throw ApiErrors.BadRequest($"cannot bind token for serviceaccount {GoText.Quote(context.Name)} to pod running with different serviceaccount name.");
        if (string.IsNullOrEmpty(pod.Spec.NodeName)) return new BoundObject("Pod", name, pod.Metadata.Uid);
        return new BoundObject("Pod", name, pod.Metadata.Uid, pod.Spec.NodeName, core.Look(Kinds.Nodes, "", pod.Spec.NodeName)?.Metadata.Uid);
    }
}
