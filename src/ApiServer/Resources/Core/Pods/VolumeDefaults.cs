using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

internal static class VolumeDefaults
{
    private const int ReadableByAll = 0b110_100_100; // 0644
    private const long TokenSeconds = 3600;
    private const int CertificateSeconds = 24 * 3600;

    public static void Apply(V1Volume volume)
    {
        if (!VolumeSources.Of(volume).Any()) volume.EmptyDir = new V1EmptyDirVolumeSource();
        if (volume.ConfigMap is { } map) map.DefaultMode ??= ReadableByAll;
        if (volume.Secret is { } secret) secret.DefaultMode ??= ReadableByAll;
        if (volume.HostPath is { } path) path.Type ??= "";
        if (volume.DownwardAPI is { } downward)
        {
            downward.DefaultMode ??= ReadableByAll;
            Files(downward.Items);
        }
        if (volume.Projected is { } projected) Projected(projected);
        if (volume.Image is { } image) image.PullPolicy = PodSpecDefaults.Or(image.PullPolicy, ImageReference.PullPolicy(image.Reference));
        if (volume.Ephemeral?.VolumeClaimTemplate?.Spec is { } claim) claim.VolumeMode ??= "Filesystem";
        Disks(volume);
    }

    private static void Projected(V1ProjectedVolumeSource projected)
    {
        projected.DefaultMode ??= ReadableByAll;
        foreach (var source in projected.Sources ?? [])
        {
            if (source.ServiceAccountToken is { } token) token.ExpirationSeconds ??= TokenSeconds;
            if (source.PodCertificate is { } certificate) certificate.MaxExpirationSeconds ??= CertificateSeconds;
            Files(source.DownwardAPI?.Items);
        }
    }

    private static void Files(IList<V1DownwardAPIVolumeFile>? files)
    {
        foreach (var file in files ?? []) ContainerDefaults.FieldRef(file.FieldRef);
    }

    private static void Disks(V1Volume volume)
    {
        if (volume.Iscsi is { } iscsi) iscsi.IscsiInterface = PodSpecDefaults.Or(iscsi.IscsiInterface, "default");
        if (volume.Rbd is { } rbd)
        {
            rbd.Pool = PodSpecDefaults.Or(rbd.Pool, "rbd");
            rbd.User = PodSpecDefaults.Or(rbd.User, "admin");
            rbd.Keyring = PodSpecDefaults.Or(rbd.Keyring, "/etc/ceph/keyring");
        }
        if (volume.AzureDisk is { } azure)
        {
            azure.CachingMode ??= "ReadWrite";
            azure.Kind ??= "Shared";
            azure.FsType ??= "ext4";
            azure.ReadOnlyProperty ??= false;
        }
        if (volume.ScaleIO is { } scale)
        {
            scale.StorageMode = PodSpecDefaults.Or(scale.StorageMode, "ThinProvisioned");
            scale.FsType = PodSpecDefaults.Or(scale.FsType, "xfs");
        }
    }
}
