using Coxswain.Api;
using Coxswain.ApiServer.Auth;

namespace Coxswain.ApiServer.Admission;

/// <summary>
/// A node's agent writes its own Node, Lease and Pods, and nobody else's; and in its own nothing by which it would draw workloads or rights to itself. Whether it may ask at
/// all, <see cref="NodeAuthorizer"/> has said by then.
/// </summary>
/// <remarks>Upstream's <c>plugin/pkg/admission/noderestriction</c>, for the kinds that are served here. There it stands among the mutating steps, so that what it forbids is
/// told before what is invalid.</remarks>
internal sealed class NodeRestriction : IAdmissionStep
{
    public void Mutate(AdmissionRequest request) => Check(request);

    public void Validate(AdmissionRequest request)
    {
        if (request.Operation == AdmissionOperation.Delete) Check(request); // which no mutating step sees
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
        if (request.Namespace != SystemNamespaces.NodeLeases) throw request.Forbid($"can only access leases in the {GoText.Quote(SystemNamespaces.NodeLeases)} system namespace");
        if (request.GivenName != node) throw request.Forbid("can only access node lease with the same name as the requesting node");
    }
}
