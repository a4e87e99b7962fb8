using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Which of a volume's thirty kinds of source are set; there should be exactly one.</summary>
internal static class VolumeSources
{
    public static IEnumerable<(string Field, object Source)> Of(V1Volume v) => All(v).Where(s => s.Source is not null)!;

    /// <summary>In the order in which upstream looks at them.</summary>
    private static IEnumerable<(string Field, object? Source)> All(V1Volume v) =>
    [
        ("emptyDir", v.EmptyDir), ("hostPath", v.HostPath), ("gitRepo", v.GitRepo), ("gcePersistentDisk", v.GcePersistentDisk),
        ("awsElasticBlockStore", v.AwsElasticBlockStore), ("secret", v.Secret), ("nfs", v.Nfs), ("iscsi", v.Iscsi), ("glusterfs", v.Glusterfs), ("flocker", v.Flocker),
        ("persistentVolumeClaim", v.PersistentVolumeClaim), ("rbd", v.Rbd), ("cinder", v.Cinder), ("cephfs", v.Cephfs), ("quobyte", v.Quobyte), ("downwardAPI", v.DownwardAPI),
        ("fc", v.Fc), ("flexVolume", v.FlexVolume), ("configMap", v.ConfigMap), ("azureFile", v.AzureFile), ("vsphereVolume", v.VsphereVolume),
        ("photonPersistentDisk", v.PhotonPersistentDisk), ("portworxVolume", v.PortworxVolume), ("azureDisk", v.AzureDisk), ("storageos", v.Storageos), ("scaleIO", v.ScaleIO),
        ("projected", v.Projected), ("csi", v.Csi), ("ephemeral", v.Ephemeral), ("image", v.Image),
    ];
}
