using Coxswain.Api;
using Coxswain.ApiServer.Auth;

namespace Coxswain.ApiServer.Admission;

/// <summary>
/// A node's agent writes only its own Node, Lease and Pods, and sets nothing there that would draw workloads or rights to its node. Whether
/// the agent may send the request at all was decided before, by <see cref="NodeAuthorizer"/>.
/// </summary>
/// <remarks>
/// Upstream's <c>plugin/pkg/admission/noderestriction</c>, for the kinds that are served here. It is a mutating step there, so a forbidden
/// write is refused as forbidden before it is validated.
/// </remarks>
internal sealed class NodeRestriction : IAdmissionStep
{
    public void Mutate(AdmissionRequest request) => Check(request);

    public void Validate(AdmissionRequest request)
    {
        if (request.Operation == AdmissionOperation.Delete) Check(request); // deletions have no mutating steps
    }

    private static void Check(AdmissionRequest request)
    {
        if (request.Context.User.NodeName is not { } node) return;
        if (node.Length == 0) throw request.Forbid($"could not determine node from user {GoText.Quote(request.Context.User.Name)}");
        var type = request.Definition.ResourceType;
        if (ReferenceEquals(type, Kinds.Pods)) NodePodRules.Check(request, node);
        else if (ReferenceEquals(type, Kinds.Nodes)) OwnNodeRules.Check(request, node);
        else if (ReferenceEquals(type, Kinds.ServiceAccounts)) NodeTokenRules.Check(request, node);
        else if (ReferenceEquals(type, Kinds.Leases)) CheckLease(request, node);
    }

    private static void CheckLease(AdmissionRequest request, string node)
    {
        if (request.Namespace != SystemNamespaces.NodeLeases)
        {
            throw request.Forbid("can only access leases in the \"kube-node-lease\" system namespace");
        }
        if (request.GivenName != node) throw request.Forbid("can only access node lease with the same name as the requesting node");
    }
}
