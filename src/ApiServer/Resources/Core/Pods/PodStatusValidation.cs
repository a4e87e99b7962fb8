using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

internal static class PodStatusValidation
{
    public static void Validate(V1Pod pod, V1Pod old, FieldErrors errors)
    {
    }
}
