using Coxswain.Api;

namespace Coxswain.ApiServer.Http;

/// <summary>Tells paths that exist from those that do not, and the methods they take: 404 and 405 before anything else is looked at.</summary>
internal static class Routes
{
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
        // All namespaces together can only be read.
        if (namespaced && info.Namespace.Length == 0 && info.Verb is not ("list" or "watch")) throw ApiErrors.MethodNotAllowed();
        if (info.Name.Length > 0 && info.Verb == "create") throw ApiErrors.MethodNotAllowed();
        if (info.Name.Length == 0 && info.Verb is "update" or "patch") throw ApiErrors.MethodNotAllowed();
        if (!endpoint.Definition.Verbs.Contains(info.Verb)) throw ApiErrors.MethodNotAllowed();
    }

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
