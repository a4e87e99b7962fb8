using k8s.Models;

namespace Coxswain.ApiServer.Resources;

/// <summary>The Pod template inside the workload kinds.</summary>
internal static class PodTemplates
{
    public static void Default(V1PodTemplateSpec template)
    {
        template.Metadata ??= new V1ObjectMeta();
        template.Spec ??= new V1PodSpec();
    }
}
