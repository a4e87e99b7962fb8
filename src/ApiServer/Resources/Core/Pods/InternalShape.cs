namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>
/// The fields of a Pod's spec in the order and with the names that upstream's internal types have, for the one message that shows them. A line a type, a word a field:
/// <code>
/// Name       a string, "" when unset     Ports*:ContainerPort   null when unset, else that type or a list of it
/// TTY=tty    its name on the wire        HostPort#   a number   Stdin?   a boolean    Resources{}:T   a struct by value
/// </code>
/// </summary>
internal static class InternalShape
{
    public const string Root = "PodSpec";

    private const string Lines = """
        PodSpec Volumes*:Volume InitContainers*:Container Containers*:Container EphemeralContainers*:EphemeralContainer RestartPolicy TerminationGracePeriodSeconds* ActiveDeadlineSeconds* DNSPolicy=dnsPolicy NodeSelector* ServiceAccountName AutomountServiceAccountToken* NodeName SecurityContext*:PodSecurityContext ImagePullSecrets*:Reference Hostname Subdomain SetHostnameAsFQDN* Affinity*:Affinity SchedulerName Tolerations*:Toleration HostAliases*:HostAlias PriorityClassName Priority* PreemptionPolicy* DNSConfig=dnsConfig*:DNSConfig ReadinessGates*:ReadinessGate RuntimeClassName* Overhead* EnableServiceLinks* TopologySpreadConstraints*:Spread OS=os*:Reference SchedulingGates*:Reference ResourceClaims*:PodResourceClaim Resources*:Resources HostnameOverride* SchedulingGroup*:SchedulingGroup
        PodSecurityContext HostNetwork? HostPID? HostIPC? ShareProcessNamespace* HostUsers* SELinuxOptions=seLinuxOptions*:SELinux WindowsOptions*:Windows RunAsUser* RunAsGroup* RunAsNonRoot* SupplementalGroups* SupplementalGroupsPolicy* FSGroup=fsGroup* FSGroupChangePolicy=fsGroupChangePolicy* Sysctls*:NameValue SeccompProfile*:Profile AppArmorProfile*:Profile SELinuxChangePolicy=seLinuxChangePolicy*
        Container Name Image Command* Args* WorkingDir Ports*:Port EnvFrom*:EnvFrom Env*:Env Resources{}:Resources ResizePolicy*:ResizePolicy RestartPolicy* RestartPolicyRules*:RestartRule VolumeMounts*:Mount VolumeDevices*:Device LivenessProbe*:Probe ReadinessProbe*:Probe StartupProbe*:Probe Lifecycle*:Lifecycle TerminationMessagePath TerminationMessagePolicy ImagePullPolicy SecurityContext*:SecurityContext Stdin? StdinOnce? TTY=tty?
        EphemeralContainer Name Image Command* Args* WorkingDir Ports*:Port EnvFrom*:EnvFrom Env*:Env Resources{}:Resources ResizePolicy*:ResizePolicy RestartPolicy* RestartPolicyRules*:RestartRule VolumeMounts*:Mount VolumeDevices*:Device LivenessProbe*:Probe ReadinessProbe*:Probe StartupProbe*:Probe Lifecycle*:Lifecycle TerminationMessagePath TerminationMessagePolicy ImagePullPolicy SecurityContext*:SecurityContext Stdin? StdinOnce? TTY=tty? TargetContainerName
        Port Name HostPort# ContainerPort# Protocol HostIP
        EnvFrom Prefix ConfigMapRef*:OptionalReference SecretRef*:OptionalReference
        OptionalReference Name Optional*
        Env Name Value ValueFrom*:EnvSource
        EnvSource FieldRef*:FieldRef ResourceFieldRef*:ResourceRef ConfigMapKeyRef*:KeyRef SecretKeyRef*:KeyRef FileKeyRef*:FileRef
        FieldRef APIVersion=apiVersion FieldPath
        ResourceRef ContainerName Resource Divisor
        KeyRef Name Key Optional*
        FileRef VolumeName Path Key Optional*
        Resources Limits* Requests* Claims*:Claim
        Claim Name Request
        ResizePolicy ResourceName RestartPolicy
        RestartRule Action ExitCodes*:ExitCodes
        ExitCodes Operator Values*
        Mount Name ReadOnly? RecursiveReadOnly* MountPath SubPath MountPropagation* SubPathExpr
        Device Name DevicePath
        Probe Exec*:Exec HTTPGet=httpGet*:HTTPGet TCPSocket=tcpSocket*:TCPSocket GRPC=grpc*:GRPC InitialDelaySeconds# TimeoutSeconds# PeriodSeconds# SuccessThreshold# FailureThreshold# TerminationGracePeriodSeconds*
        Exec Command*
        HTTPGet Path Port# Host Scheme HTTPHeaders=httpHeaders*:NameValue
        TCPSocket Port# Host
        GRPC Port# Service*
        NameValue Name Value
        Lifecycle PostStart*:Handler PreStop*:Handler StopSignal*
        Handler Exec*:Exec HTTPGet=httpGet*:HTTPGet TCPSocket=tcpSocket*:TCPSocket Sleep*:Sleep
        Sleep Seconds#
        SecurityContext Capabilities*:Capabilities Privileged* SELinuxOptions=seLinuxOptions*:SELinux WindowsOptions*:Windows RunAsUser* RunAsGroup* RunAsNonRoot* ReadOnlyRootFilesystem* AllowPrivilegeEscalation* ProcMount* SeccompProfile*:Profile AppArmorProfile*:Profile
        Capabilities Add* Drop*
        SELinux User Role Type Level
        Windows GMSACredentialSpecName=gmsaCredentialSpecName* GMSACredentialSpec=gmsaCredentialSpec* RunAsUserName* HostProcess*
        Profile Type LocalhostProfile*
        Volume Name HostPath*:HostPath EmptyDir*:EmptyDir GCEPersistentDisk=gcePersistentDisk* AWSElasticBlockStore=awsElasticBlockStore* GitRepo* Secret*:Secret NFS=nfs*:NFS ISCSI=iscsi* Glusterfs* PersistentVolumeClaim*:PVC RBD=rbd* Quobyte* FlexVolume* Cinder* CephFS=cephfs* Flocker* DownwardAPI*:DownwardAPI FC=fc* AzureFile* ConfigMap*:ConfigMap VsphereVolume* AzureDisk* PhotonPersistentDisk* Projected*:Projected PortworxVolume* ScaleIO=scaleIO* StorageOS=storageos* CSI=csi* Ephemeral* Image*:Image
        HostPath Path Type*
        EmptyDir Medium SizeLimit*
        Secret SecretName Items*:KeyToPath DefaultMode* Optional*
        ConfigMap Name Items*:KeyToPath DefaultMode* Optional*
        KeyToPath Key Path Mode*
        NFS Server Path ReadOnly?
        PVC ClaimName ReadOnly?
        DownwardAPI Items*:DownwardFile DefaultMode*
        DownwardFile Path FieldRef*:FieldRef ResourceFieldRef*:ResourceRef Mode*
        Image Reference PullPolicy
        Projected Sources*:Projection DefaultMode*
        Projection Secret*:ProjectedMap DownwardAPI*:ProjectedDownward ConfigMap*:ProjectedMap ServiceAccountToken*:Token ClusterTrustBundle* PodCertificate*
        ProjectedMap Name Items*:KeyToPath Optional*
        ProjectedDownward Items*:DownwardFile
        Token Audience ExpirationSeconds# Path
        Affinity NodeAffinity*:NodeAffinity PodAffinity*:PodAffinity PodAntiAffinity*:PodAffinity
        NodeAffinity RequiredDuringSchedulingIgnoredDuringExecution*:NodeSelector PreferredDuringSchedulingIgnoredDuringExecution*:PreferredNode
        NodeSelector NodeSelectorTerms*:NodeTerm
        NodeTerm MatchExpressions*:Requirement MatchFields*:Requirement
        Requirement Key Operator Values*
        PreferredNode Weight# Preference{}:NodeTerm
        PodAffinity RequiredDuringSchedulingIgnoredDuringExecution*:PodTerm PreferredDuringSchedulingIgnoredDuringExecution*:WeightedPodTerm
        PodTerm LabelSelector* Namespaces* TopologyKey NamespaceSelector* MatchLabelKeys* MismatchLabelKeys*
        WeightedPodTerm Weight# PodAffinityTerm{}:PodTerm
        Toleration Key Operator Value Effect TolerationSeconds*
        HostAlias IP=ip Hostnames*
        DNSConfig Nameservers* Searches* Options*:DNSOption
        DNSOption Name Value*
        ReadinessGate ConditionType
        Reference Name
        Spread MaxSkew# TopologyKey WhenUnsatisfiable LabelSelector* MinDomains* NodeAffinityPolicy* NodeTaintsPolicy* MatchLabelKeys*
        PodResourceClaim Name ResourceClaimName* ResourceClaimTemplateName*
        SchedulingGroup PodGroupName*
        """;

    private static readonly Lazy<Dictionary<string, InternalField[]>> Types = new(() => Lines.Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(words => words[0], words => words.Skip(1).Select(InternalField.Parse).ToArray(), StringComparer.Ordinal));

    public static IReadOnlyList<InternalField> FieldsOf(string type) => Types.Value[type];
}
