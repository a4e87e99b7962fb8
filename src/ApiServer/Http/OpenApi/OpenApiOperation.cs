using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Http;

/// <summary>One method on one path, as OpenAPI documents describe it.</summary>
/// <param name="Method">get, put, post, patch, delete.</param>
/// <param name="Action">The verb: list, create ...</param>
/// <param name="Body">The definition of the request's body; null for none.</param>
/// <param name="Answer">The definition of the answer; null when it is no JSON.</param>
internal sealed record OpenApiOperation(string Path, string Method, string Action, GroupVersionKind Kind, IReadOnlyList<OpenApiParameter> Parameters, string? Body, string? Answer)
{
    /// <summary>Everything that can be done with a resource, path by path; the definitions it needs are wanted from <paramref name="schemas"/>.</summary>
    public static IEnumerable<OpenApiOperation> Of(ResourceEndpoint endpoint, SchemaSet schemas)
    {
        var type = endpoint.ServedType;
        var own = schemas.Want(type.GroupVersionKind);
        var list = schemas.Want(type.GroupVersionKind with { Kind = $"{type.Kind}List" });
        var status = schemas.Want(SchemaSet.Status);
        var root = type.Group.Length == 0 ? $"/api/{type.Version}" : $"/apis/{type.ApiVersion}";
        var collection = type.Namespaced ? $"{root}/namespaces/{{namespace}}/{type.Resource}" : $"{root}/{type.Resource}";
        var item = $"{collection}/{{name}}";
        var delete = schemas.Want(SchemaSet.DeleteOptions);
        var patch = schemas.Want(SchemaSet.Patch);
        foreach (var verb in endpoint.Definition.Verbs)
        {
            switch (verb)
            {
                case "list":
                    yield return new(collection, "get", "list", type.GroupVersionKind, OpenApiParameter.List, null, list);
                    if (type.Namespaced) yield return new($"{root}/{type.Resource}", "get", "list", type.GroupVersionKind, OpenApiParameter.List, null, list);
                    break;
                case "create": yield return new(collection, "post", "post", type.GroupVersionKind, OpenApiParameter.Write, own, own); break;
                case "deletecollection": yield return new(collection, "delete", "deletecollection", type.GroupVersionKind, OpenApiParameter.List, delete, status); break;
                case "get": yield return new(item, "get", "get", type.GroupVersionKind, OpenApiParameter.Read, null, own); break;
                case "update": yield return new(item, "put", "put", type.GroupVersionKind, OpenApiParameter.Write, own, own); break;
                case "patch": yield return new(item, "patch", "patch", type.GroupVersionKind, OpenApiParameter.Write, patch, own); break;
                case "delete": yield return new(item, "delete", "delete", type.GroupVersionKind, OpenApiParameter.Delete, delete, status); break;
            }
        }
        foreach (var sub in Subresources.Of(endpoint))
        {
            foreach (var operation in OfSubresource($"{item}/{sub.Name}", sub, schemas, patch)) yield return operation;
        }
    }

    private static IEnumerable<OpenApiOperation> OfSubresource(string path, Subresource sub, SchemaSet schemas, string? patch)
    {
        var connects = sub.Name is "log" or "exec";
        var own = connects ? null : schemas.Want(sub.Kind);
        foreach (var verb in sub.Verbs)
        {
            yield return verb switch
            {
                "get" => new(path, "get", connects ? "connect" : "get", sub.Kind, OpenApiParameter.Read, null, own),
                "create" => new(path, "post", connects ? "connect" : "post", sub.Kind, OpenApiParameter.Write, own, own),
                "update" => new(path, "put", "put", sub.Kind, OpenApiParameter.Write, own, own),
                _ => new(path, "patch", "patch", sub.Kind, OpenApiParameter.Write, patch, own),
            };
        }
    }
}
