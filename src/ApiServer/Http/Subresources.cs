using System.Runtime.CompilerServices;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Http;

/// <summary>One path below an object.</summary>
/// <param name="Kind">What is read and written there.</param>
internal sealed record Subresource(string Name, GroupVersionKind Kind, IReadOnlyList<string> Verbs);

/// <summary>Which subresources a resource serves, in discovery's order (by name).</summary>
internal static class Subresources
{
    private static readonly string[] GetPatchUpdate = ["get", "patch", "update"];
    private static readonly GroupVersionKind Scale = new("autoscaling", "v1", "Scale");

    private static readonly ConditionalWeakTable<ResourceEndpoint, IReadOnlyList<Subresource>> Known = [];

    public static IReadOnlyList<Subresource> Of(ResourceEndpoint endpoint) => Known.GetValue(endpoint, Make);

    /// <summary>The kind that is written at a path.</summary>
    /// <param name="subresource">Empty for the object itself.</param>
    public static GroupVersionKind KindOf(ResourceEndpoint endpoint, string subresource) =>
        subresource.Length == 0 ? endpoint.ServedType.GroupVersionKind : Of(endpoint).First(s => s.Name == subresource).Kind;

    private static List<Subresource> Make(ResourceEndpoint endpoint)
    {
        var type = endpoint.ServedType;
        var found = new List<Subresource>();
        if (type.GroupResource == "pods")
        {
            found.Add(new Subresource("binding", new GroupVersionKind("", "v1", "Binding"), ["create"]));
            found.Add(new Subresource("exec", new GroupVersionKind("", "v1", "PodExecOptions"), ["create", "get"]));
            found.Add(new Subresource("log", type.GroupVersionKind, ["get"]));
        }
        if (type.GroupResource == "namespaces") found.Add(new Subresource("finalize", type.GroupVersionKind, ["update"]));
        if (endpoint.Definition.ScaleAccess is not null) found.Add(new Subresource("scale", Scale, GetPatchUpdate));
        if (endpoint.Definition.HasStatus) found.Add(new Subresource("status", type.GroupVersionKind, GetPatchUpdate));
        if (type.GroupResource == "serviceaccounts") found.Add(new Subresource("token", new GroupVersionKind("authentication.k8s.io", "v1", "TokenRequest"), ["create"]));
        return found;
    }
}
