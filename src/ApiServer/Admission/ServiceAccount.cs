using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources.Core.Pods;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>Every Pod runs as a service account that exists, with that account's token and pull secrets at hand.</summary>
internal sealed class ServiceAccount : IAdmissionStep
{
    private const string VolumePrefix = "kube-api-access-";
    private const string MountPath = "/var/run/secrets/kubernetes.io/serviceaccount";

    public void Mutate(AdmissionRequest request)
    {
        if (!request.Is(AdmissionOperation.Create, Kinds.Pods)) return;
        var pod = (V1Pod)request.Object!;
        if (MirrorPods.IsMirror(pod))
        {
            CheckMirror(request, pod.Spec);
            return;
        }
        var spec = pod.Spec ??= new V1PodSpec();
        if (string.IsNullOrEmpty(spec.ServiceAccountName)) spec.ServiceAccountName = string.IsNullOrEmpty(spec.ServiceAccount) ? "default" : spec.ServiceAccount;
        spec.ServiceAccount = spec.ServiceAccountName; // the field's older name shows the same
        var account = Find(request, spec.ServiceAccountName);
        if (spec.AutomountServiceAccountToken ?? account.AutomountServiceAccountToken ?? true) MountToken(spec);
        if (spec.ImagePullSecrets is not { Count: > 0 } && account.ImagePullSecrets is { Count: > 0 } secrets)
        {
            spec.ImagePullSecrets = [.. secrets.Select(s => new V1LocalObjectReference { Name = s.Name })];
        }
    }

    private static V1ServiceAccount Find(AdmissionRequest request, string name) => request.Core.Look(Kinds.ServiceAccounts, request.Namespace, name)
        ?? throw request.Forbid($"error looking up service account {request.Namespace}/{name}: serviceaccount \"{name}\" not found");

    private static void CheckMirror(AdmissionRequest request, V1PodSpec spec)
    {
        if (!string.IsNullOrEmpty(spec.ServiceAccountName)) throw request.Forbid("a mirror pod may not reference service accounts");
        if (PodReferences.Secrets(spec).Any() || PodReferences.HasStorageSecrets(spec)) throw request.Forbid("a mirror pod may not reference secrets");
        if (PodReferences.HasTokens(spec)) throw request.Forbid("a mirror pod may not use ServiceAccountToken volume projections");
    }

    private static void MountToken(V1PodSpec spec)
    {
        var present = spec.Volumes?.FirstOrDefault(v => v.Name?.StartsWith(VolumePrefix, StringComparison.Ordinal) == true)?.Name;
        var name = present ?? NameGenerator.Generate(VolumePrefix);
        var needed = false;
        foreach (var container in (spec.InitContainers ?? []).Concat(spec.Containers ?? []))
        {
            // A mount of the Pod's own at that place means that it does not want ours.
            if (container.VolumeMounts?.Any(m => m.MountPath == MountPath) == true) continue;
            container.VolumeMounts = [.. container.VolumeMounts ?? [], new V1VolumeMount { Name = name, ReadOnlyProperty = true, MountPath = MountPath }];
            needed = true;
        }
        if (needed && present is null) spec.Volumes = [.. spec.Volumes ?? [], new V1Volume { Name = name, Projected = Projection() }];
    }

    /// <summary>A token that is renewed within the hour, the cluster's CA, and the namespace.</summary>
    private static V1ProjectedVolumeSource Projection() => new()
    {
        DefaultMode = 0b110_100_100, // rw-r--r--
        Sources =
        [
            new V1VolumeProjection { ServiceAccountToken = new V1ServiceAccountTokenProjection { ExpirationSeconds = 3607, Path = "token" } },
            new V1VolumeProjection
            {
                ConfigMap = new V1ConfigMapProjection { Name = "kube-root-ca.crt", Items = [new V1KeyToPath { Key = "ca.crt", Path = "ca.crt" }] },
            },
            new V1VolumeProjection
            {
                DownwardAPI = new V1DownwardAPIProjection
                {
                    Items = [new V1DownwardAPIVolumeFile { Path = "namespace", FieldRef = new V1ObjectFieldSelector { ApiVersion = "v1", FieldPath = "metadata.namespace" } }],
                },
            },
        ],
    };
}
