using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>Nothing is made in a namespace that is not there or on its way out, and the namespaces that the cluster lives in stay.</summary>
internal sealed class NamespaceLifecycle : IAdmissionStep
{
    public void Mutate(AdmissionRequest request)
    {
        if (request.Operation != AdmissionOperation.Create || !request.Definition.ResourceType.Namespaced || request.Subresource.Length > 0) return;
        var name = request.Namespace;
        var ns = request.Core.Look(Kinds.Namespaces, "", name) ?? throw ApiErrors.NotFound(Kinds.Namespaces, name);
        if (ns.Metadata.DeletionTimestamp is not null) throw Terminating(request, name);
    }

    public void Validate(AdmissionRequest request)
    {
        if (!request.Is(AdmissionOperation.Delete, Kinds.Namespaces)) return;
        if (request.Context.Name is SystemNamespaces.Default or SystemNamespaces.System or SystemNamespaces.Public) throw request.Forbid("this namespace may not be deleted");
    }

    private static StatusException Terminating(AdmissionRequest request, string name)
    {
        var error = request.Forbid($"unable to create new content in namespace {name} because it is being terminated");
        error.Status.Details.Causes = [new V1StatusCause { Reason = "NamespaceTerminating", Message = $"namespace {name} is being terminated", Field = "metadata.namespace" }];
        return error;
    }
}
