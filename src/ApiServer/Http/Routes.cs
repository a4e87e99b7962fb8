using Coxswain.Api;

namespace Coxswain.ApiServer.Http;

/// <summary>Tells paths that exist from those that do not, and the methods they take: 404 and 405 before anything else is looked at.</summary>
internal static class Routes
{
    private static readonly string[] OfOne = ["get", "update", "patch", "delete", "watch"];
    private static readonly string[] OfCollection = ["list", "watch", "create", "deletecollection"];
    private static readonly string[] OfAll = ["list", "watch"];

    public static void Check(RequestInfo info)
    {
        var endpoint = info.Endpoint!;
        if (info.HasTail) throw ApiErrors.PathNotFound();
        var namespaced = endpoint.ServedType.Namespaced;
        var isNamespaceItself = info.Resource == "namespaces" && info.Group.Length == 0;
        if (!namespaced && info.Namespace.Length > 0 && !isNamespaceItself) throw ApiErrors.PathNotFound();
        if (namespaced && info.Namespace.Length == 0 && info.Name.Length > 0) throw ApiErrors.PathNotFound();
        if (info.Subresource.Length > 0)
        {
            CheckSubresource(info);
            return;
        }
        var (possible, taken) = (VerbsAt(info, namespaced), endpoint.Definition.Verbs);
        if (possible.Contains(info.Verb) && taken.Contains(info.Verb)) return;
        throw possible.Any(taken.Contains) ? ApiErrors.MethodNotAllowed() : ApiErrors.PathNotFound();
    }

    /// <summary>What can be done at all with one object, with all of a namespace, with those of all namespaces together.</summary>
    private static string[] VerbsAt(RequestInfo info, bool namespaced) =>
        info.Name.Length > 0 ? OfOne : namespaced && info.Namespace.Length == 0 ? OfAll : OfCollection;

    private static void CheckSubresource(RequestInfo info)
    {
        foreach (var sub in Subresources.Of(info.Endpoint!))
        {
            if (sub.Name != info.Subresource) continue;
            if (!sub.Verbs.Contains(info.Verb)) throw ApiErrors.MethodNotAllowed();
            return;
        }
        throw ApiErrors.PathNotFound();
    }
}
