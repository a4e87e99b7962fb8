using System.Collections.Concurrent;
using Coxswain.Api;
using Coxswain.ApiServer.Admission;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources.Core;
using Coxswain.ApiServer.Resources.Core.Pods;
using k8s.Models;

namespace Coxswain.ApiServer.Auth;

/// <summary>
/// Which objects belong to a node: the Pods bound to it, and the ConfigMaps, Secrets and service accounts that these Pods refer to.
/// </summary>
/// <remarks>
/// For each relation found, the name of one Pod that makes it is kept. The next question reads that Pod from the store: two look-ups, never
/// stale, and nothing to do when Pods are written. All Pods of the namespace are read only for a new relation, or when the Pod that was
/// kept is gone.
/// </remarks>
internal sealed class NodeRelations(ApiServerCore core)
{
    private const int Limit = 16384;
    private static readonly int NodeNameField = ((IList<string>)[.. new Pod().SelectableFields]).IndexOf("spec.nodeName");

    private readonly ConcurrentDictionary<Relation, string> _through = new();

    private readonly record struct Relation(string Node, string Resource, string Namespace, string Name);

    /// <summary>Whether the object is a Pod on the node, or such a Pod refers to it.</summary>
    /// <param name="resource"><c>pods</c>, <c>configmaps</c>, <c>secrets</c> or <c>serviceaccounts</c>.</param>
    public bool Exists(string node, string resource, string ns, string name)
    {
        if (resource == "pods") return core.Look(Kinds.Pods, ns, name)?.Spec?.NodeName == node;
        var relation = new Relation(node, resource, ns, name);
        if (_through.TryGetValue(relation, out var known) && core.Look(Kinds.Pods, ns, known) is { } pod && Makes(pod, relation))
        {
            return true;
        }
        if (Find(relation) is not { } found) return false;
        if (_through.Count >= Limit) _through.Clear();
        _through[relation] = found;
        return true;
    }

    private string? Find(in Relation relation)
    {
        if (core.Find("", "v1", "pods")?.Stored is not { } pods) return null;
        foreach (var stored in core.Store.Range(pods.KeysOf(relation.Namespace))!.Values)
        {
            if (StoredObject.Of(stored).Field(pods.Definition, stored, NodeNameField) != relation.Node) continue;
            var pod = (V1Pod)pods.Shared(stored);
            if (Makes(pod, relation)) return pod.Metadata.Name;
        }
        return null;
    }

    /// <summary>A mirror Pod makes none: the node wrote it, and would get at whatever it named there.</summary>
    private static bool Makes(V1Pod pod, in Relation relation) =>
        pod.Spec?.NodeName == relation.Node && !MirrorPods.IsMirror(pod) && relation.Resource switch
        {
            "serviceaccounts" => pod.Spec.ServiceAccountName == relation.Name,
            "configmaps" => PodReferences.ConfigMaps(pod.Spec).Contains(relation.Name),
            "secrets" => PodReferences.Secrets(pod.Spec).Contains(relation.Name),
            _ => false,
        };
}
