using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>What is allowed in a Pod or template and yet likely a mistake.</summary>
internal static class PodWarnings
{
    public static void Collect(V1PodSpec spec, V1ObjectMeta metadata, FieldPath path, List<string> warnings)
    {
    }
}
