using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>A mirror shows a static Pod that a node runs on its own: it is taken as it comes, and may not lean on other objects.</summary>
internal static class MirrorPods
{
    public const string Annotation = "kubernetes.io/config.mirror";

    public static bool IsMirror(V1Pod pod) => pod.Metadata.Annotations?.ContainsKey(Annotation) == true;
}
