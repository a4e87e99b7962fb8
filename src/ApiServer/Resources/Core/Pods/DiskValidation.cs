using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Sources that come from elsewhere: claims, network shares, disks of clouds. Mostly a matter of what must be there.</summary>
internal static class DiskValidation
{
    public static void Validate(object source, FieldPath path, FieldErrors errors)
    {
        switch (source)
        {
            case V1NFSVolumeSource nfs: Nfs(nfs, path, errors); break;
            case V1ISCSIVolumeSource iscsi: Iscsi(iscsi, path, errors); break;
            case V1GitRepoVolumeSource git:
                Need(path, errors, ("repository", git.Repository));
                PathValidation.Descending(git.Directory ?? "", path.Child("directory"), errors);
                break;
            case V1CephFSVolumeSource { Monitors: not { Count: > 0 } } or V1RBDVolumeSource { Monitors: not { Count: > 0 } }: errors.Required(path.Child("monitors")); break;
            case V1EphemeralVolumeSource { VolumeClaimTemplate: null }: errors.Required(path.Child("volumeClaimTemplate")); break;
            case V1QuobyteVolumeSource quobyte: Quobyte(quobyte, path, errors); break;
            default: Need(path, errors, Required(source)); break;
        }
    }

    private static (string Field, string? Value)[] Required(object source) => source switch
    {
        V1PersistentVolumeClaimVolumeSource s => [("claimName", s.ClaimName)],
        V1GCEPersistentDiskVolumeSource s => [("pdName", s.PdName)],
        V1AWSElasticBlockStoreVolumeSource s => [("volumeID", s.VolumeID)],
        V1GlusterfsVolumeSource s => [("endpoints", s.Endpoints), ("path", s.Path)],
        V1RBDVolumeSource s => [("image", s.Image)],
        V1CinderVolumeSource s => [("volumeID", s.VolumeID)],
        V1FlexVolumeSource s => [("driver", s.Driver)],
        V1AzureFileVolumeSource s => [("secretName", s.SecretName), ("shareName", s.ShareName)],
        V1VsphereVirtualDiskVolumeSource s => [("volumePath", s.VolumePath)],
        V1PhotonPersistentDiskVolumeSource s => [("pdID", s.PdID)],
        V1PortworxVolumeSource s => [("volumeID", s.VolumeID)],
        V1AzureDiskVolumeSource s => [("diskName", s.DiskName), ("diskURI", s.DiskURI)],
        V1StorageOSVolumeSource s => [("volumeName", s.VolumeName)],
        V1ScaleIOVolumeSource s => [("gateway", s.Gateway), ("system", s.System), ("volumeName", s.VolumeName)],
        V1CSIVolumeSource s => [("driver", s.Driver)],
        V1ImageVolumeSource s => [("reference", s.Reference)],
        _ => [],
    };

    private static void Need(FieldPath path, FieldErrors errors, params ReadOnlySpan<(string Field, string? Value)> fields)
    {
        foreach (var (field, value) in fields) VolumeValidation.Need(value, path.Child(field), errors);
    }

    private static void Nfs(V1NFSVolumeSource nfs, FieldPath path, FieldErrors errors)
    {
        Need(path, errors, ("server", nfs.Server), ("path", nfs.Path));
        if (nfs.Path?.StartsWith('/') != true) errors.Invalid(path.Child("path"), nfs.Path ?? "", "must be an absolute path");
    }

    private static void Iscsi(V1ISCSIVolumeSource iscsi, FieldPath path, FieldErrors errors)
    {
        Need(path, errors, ("targetPortal", iscsi.TargetPortal), ("iqn", iscsi.Iqn));
        string[] schemes = ["iqn", "eui", "naa"];
        if (!string.IsNullOrEmpty(iscsi.Iqn) && !schemes.Any(s => iscsi.Iqn.StartsWith(s, StringComparison.Ordinal))) errors.Invalid(path.Child("iqn"), iscsi.Iqn, "must be valid format starting with iqn, eui, or naa");
        if (iscsi.Lun is < 0 or > 255) errors.Invalid(path.Child("lun"), iscsi.Lun, ValueRules.Between(0, 255));
    }

    private static void Quobyte(V1QuobyteVolumeSource quobyte, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(quobyte.Registry)) errors.Required(path.Child("registry"), "must be a host:port pair or multiple pairs separated by commas");
        Need(path, errors, ("volume", quobyte.Volume));
    }
}
