using k8s.Models;

namespace Coxswain.Api;

/// <summary>Shapes of volumes and what they project.</summary>
internal static class VolumeShapes
{
    public static void AddTo(Dictionary<Type, string> shapes)
    {
        string[] sources = ["awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "fc", "flexVolume",
            "flocker", "gcePersistentDisk", "gitRepo", "glusterfs", "hostPath", "image", "iscsi", "nfs", "persistentVolumeClaim", "photonPersistentDisk", "portworxVolume", "projected",
            "quobyte", "rbd", "scaleIO", "secret", "storageos", "vsphereVolume"];
        shapes[typeof(V1Volume)] = "name! " + string.Join(' ', sources.Select(s => s + "^VolumeSource"));
        AddFiles(shapes);
        AddDisks(shapes);
    }

    private static void AddFiles(Dictionary<Type, string> shapes)
    {
        shapes[typeof(V1KeyToPath)] = "key! path! user-";
        shapes[typeof(V1ConfigMapVolumeSource)] = "name^LocalObjectReference defaultUser-";
        shapes[typeof(V1ConfigMapProjection)] = "name^LocalObjectReference";
        shapes[typeof(V1SecretProjection)] = "name^LocalObjectReference";
        shapes[typeof(V1SecretVolumeSource)] = "defaultUser-";
        shapes[typeof(V1DownwardAPIVolumeSource)] = "defaultUser-";
        shapes[typeof(V1DownwardAPIVolumeFile)] = "path! user-";
        shapes[typeof(V1ProjectedVolumeSource)] = "sources! defaultUser-";
        shapes[typeof(V1ServiceAccountTokenProjection)] = "path! user-";
        shapes[typeof(V1ClusterTrustBundleProjection)] = "path! name* signerName* user-";
        shapes[typeof(V1PodCertificateProjection)] = "user-";
        shapes[typeof(V1EmptyDirVolumeSource)] = "medium=v1.StorageMedium mode-";
        shapes[typeof(V1HostPathVolumeSource)] = "path! type*=v1.HostPathType";
        shapes[typeof(V1ImageVolumeSource)] = "pullPolicy=v1.PullPolicy";
        shapes[typeof(V1GitRepoVolumeSource)] = "repository!";
        shapes[typeof(V1PersistentVolumeClaimVolumeSource)] = "claimName! readOnly0";
        shapes[typeof(V1PersistentVolumeClaimTemplate)] = "metadata{} spec{}";
        shapes[typeof(V1PersistentVolumeClaimSpec)] = "resources{} accessModes=[]v1.PersistentVolumeAccessMode storageClassName* volumeMode*=v1.PersistentVolumeMode volumeAttributesClassName*";
        shapes[typeof(V1VolumeResourceRequirements)] = "limits=v1.ResourceList requests=v1.ResourceList";
    }

    private static void AddDisks(Dictionary<Type, string> shapes)
    {
        shapes[typeof(V1AWSElasticBlockStoreVolumeSource)] = "volumeID! partition0 readOnly0";
        shapes[typeof(V1AzureDiskVolumeSource)] = "diskName! diskURI! cachingMode*=v1.AzureDataDiskCachingMode fsType* kind*=v1.AzureDataDiskKind";
        shapes[typeof(V1AzureFileVolumeSource)] = "secretName! shareName! readOnly0";
        shapes[typeof(V1CephFSVolumeSource)] = "monitors! readOnly0";
        shapes[typeof(V1CinderVolumeSource)] = "volumeID! readOnly0";
        shapes[typeof(V1CSIVolumeSource)] = "driver! fsType*";
        shapes[typeof(V1FCVolumeSource)] = "readOnly0";
        shapes[typeof(V1FlexVolumeSource)] = "driver! readOnly0";
        shapes[typeof(V1GCEPersistentDiskVolumeSource)] = "pdName! partition0 readOnly0";
        shapes[typeof(V1GlusterfsVolumeSource)] = "endpoints! path! readOnly0";
        shapes[typeof(V1ISCSIVolumeSource)] = "targetPortal! iqn! readOnly0 chapAuthDiscovery0 chapAuthSession0 initiatorName*";
        shapes[typeof(V1NFSVolumeSource)] = "server! path! readOnly0";
        shapes[typeof(V1PhotonPersistentDiskVolumeSource)] = "pdID!";
        shapes[typeof(V1PortworxVolumeSource)] = "volumeID! readOnly0";
        shapes[typeof(V1QuobyteVolumeSource)] = "registry! volume! readOnly0";
        shapes[typeof(V1RBDVolumeSource)] = "monitors! image! readOnly0";
        shapes[typeof(V1ScaleIOVolumeSource)] = "gateway! system! secretRef! sslEnabled0 readOnly0";
        shapes[typeof(V1StorageOSVolumeSource)] = "readOnly0";
        shapes[typeof(V1VsphereVirtualDiskVolumeSource)] = "volumePath!";
    }
}
