using k8s.Models;

namespace Coxswain.Api;

/// <summary>Shapes of the Pod, its containers and its status.</summary>
internal static class PodShapes
{
    private const string ContainerFields =
        "resources{} stdin0 stdinOnce0 tty0 restartPolicy*=v1.ContainerRestartPolicy imagePullPolicy=v1.PullPolicy terminationMessagePolicy=v1.TerminationMessagePolicy ";

    public static void AddTo(Dictionary<Type, string> shapes)
    {
        AddSpec(shapes);
        AddContainers(shapes);
        AddScheduling(shapes);
        AddStatus(shapes);
    }

    private static void AddSpec(Dictionary<Type, string> shapes)
    {
        shapes[typeof(V1PodTemplateSpec)] = "metadata{} spec{}";
        shapes[typeof(V1PodSpec)] = "containers! hostIPC0 hostNetwork0 hostPID0 restartPolicy=v1.RestartPolicy dnsPolicy=v1.DNSPolicy preemptionPolicy*=v1.PreemptionPolicy "
            + "runtimeClassName* hostnameOverride* overhead=v1.ResourceList evictionResponders-";
        shapes[typeof(V1PodOS)] = "name!=v1.OSName";
        shapes[typeof(V1PodReadinessGate)] = "conditionType!=v1.PodConditionType";
        shapes[typeof(V1PodResourceClaim)] = "name! resourceClaimName* resourceClaimTemplateName*";
        shapes[typeof(V1PodSchedulingGate)] = "name!";
        shapes[typeof(V1PodSchedulingGroup)] = "podGroupName*";
        shapes[typeof(V1PodDNSConfigOption)] = "value*";
        shapes[typeof(V1HostAlias)] = "ip!";
        shapes[typeof(V1PodSecurityContext)] = "fsGroupChangePolicy*=v1.PodFSGroupChangePolicy supplementalGroupsPolicy*=v1.SupplementalGroupsPolicy seLinuxChangePolicy*=v1.PodSELinuxChangePolicy";
        shapes[typeof(V1Sysctl)] = "name! value!";
        shapes[typeof(V1SeccompProfile)] = "type!=v1.SeccompProfileType localhostProfile*";
        shapes[typeof(V1AppArmorProfile)] = "type!=v1.AppArmorProfileType localhostProfile*";
        shapes[typeof(V1WindowsSecurityContextOptions)] = "gmsaCredentialSpecName* gmsaCredentialSpec* runAsUserName*";
    }

    private static void AddContainers(Dictionary<Type, string> shapes)
    {
        shapes[typeof(V1Container)] = ContainerFields + "name!";
        shapes[typeof(V1EphemeralContainer)] = EphemeralFields();
        shapes[typeof(V1ContainerPort)] = "hostPort0 protocol=v1.Protocol";
        shapes[typeof(V1EnvVar)] = "name!";
        shapes[typeof(V1ConfigMapKeySelector)] = "key! name^LocalObjectReference";
        shapes[typeof(V1SecretKeySelector)] = "key! name^LocalObjectReference";
        shapes[typeof(V1ConfigMapEnvSource)] = "name^LocalObjectReference";
        shapes[typeof(V1SecretEnvSource)] = "name^LocalObjectReference";
        shapes[typeof(V1FileKeySelector)] = "volumeName! path! key!";
        shapes[typeof(V1ObjectFieldSelector)] = "fieldPath!";
        shapes[typeof(V1ResourceFieldSelector)] = "resource! divisor{}";
        shapes[typeof(V1ResourceRequirements)] = "limits=v1.ResourceList requests=v1.ResourceList";
        shapes[typeof(Corev1ResourceClaim)] = "name!";
        shapes[typeof(V1ContainerResizePolicy)] = "resourceName!=v1.ResourceName restartPolicy!=v1.ResourceResizeRestartPolicy";
        shapes[typeof(V1ContainerRestartRule)] = "action!=v1.ContainerRestartRuleAction";
        shapes[typeof(V1ContainerRestartRuleOnExitCodes)] = "operator!=v1.ContainerRestartRuleOnExitCodesOperator";
        shapes[typeof(V1Lifecycle)] = "stopSignal*=v1.Signal";
        shapes[typeof(V1Probe)] = "exec^ProbeHandler httpGet^ProbeHandler tcpSocket^ProbeHandler grpc^ProbeHandler "
            + "initialDelaySeconds0 timeoutSeconds0 periodSeconds0 successThreshold0 failureThreshold0";
        shapes[typeof(V1GRPCAction)] = "service*! mode-";
        shapes[typeof(V1HTTPGetAction)] = "port{} scheme=v1.URIScheme protocol-";
        shapes[typeof(V1HTTPHeader)] = "name! value!";
        shapes[typeof(V1TCPSocketAction)] = "port{}";
        shapes[typeof(V1SecurityContext)] = "procMount*=v1.ProcMountType";
        shapes[typeof(V1Capabilities)] = "add=[]v1.Capability drop=[]v1.Capability";
        shapes[typeof(V1VolumeMount)] = "name! mountPath! readOnly0 mountPropagation*=v1.MountPropagationMode recursiveReadOnly*=v1.RecursiveReadOnlyMode bindMountOptions-";
        shapes[typeof(V1VolumeDevice)] = "name! devicePath!";
    }

    /// <summary>An ephemeral container is a container's fields, embedded, and the name of its target.</summary>
    private static string EphemeralFields()
    {
        string[] plain = ["args", "command", "env", "envFrom", "image", "lifecycle", "livenessProbe", "ports", "readinessProbe", "resizePolicy", "restartPolicyRules",
            "securityContext", "startupProbe", "terminationMessagePath", "volumeDevices", "volumeMounts", "workingDir", "name!"];
        var marked = ContainerFields.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', plain.Concat(marked).Select(f => f + "^EphemeralContainerCommon"));
    }

    private static void AddScheduling(Dictionary<Type, string> shapes)
    {
        shapes[typeof(V1Toleration)] = "operator=v1.TolerationOperator effect=v1.TaintEffect";
        shapes[typeof(V1TopologySpreadConstraint)] = "topologyKey! whenUnsatisfiable!=v1.UnsatisfiableConstraintAction "
            + "nodeAffinityPolicy*=v1.NodeInclusionPolicy nodeTaintsPolicy*=v1.NodeInclusionPolicy";
        shapes[typeof(V1NodeSelector)] = "nodeSelectorTerms!";
        shapes[typeof(V1NodeSelectorRequirement)] = "key! operator!=v1.NodeSelectorOperator";
        shapes[typeof(V1PreferredSchedulingTerm)] = "preference{}";
        shapes[typeof(V1WeightedPodAffinityTerm)] = "podAffinityTerm{}";
        shapes[typeof(V1PodAffinityTerm)] = "topologyKey!";
    }

    private static void AddStatus(Dictionary<Type, string> shapes)
    {
        shapes[typeof(V1PodStatus)] = "phase=v1.PodPhase qosClass=v1.PodQOSClass resize=v1.PodResizeStatus observedGeneration0 allocatedResources=v1.ResourceList volumeHealth-";
        shapes[typeof(V1PodCondition)] = "type!=v1.PodConditionType status!=v1.ConditionStatus lastProbeTime~ lastTransitionTime~ observedGeneration0";
        shapes[typeof(V1PodIP)] = "ip!";
        shapes[typeof(V1HostIP)] = "ip!";
        shapes[typeof(V1ContainerStatus)] = "name! image! imageID! state{} lastState{} stopSignal*=v1.Signal allocatedResources=v1.ResourceList";
        shapes[typeof(V1ContainerStateRunning)] = "startedAt~";
        shapes[typeof(V1ContainerStateTerminated)] = "signal0 startedAt~ finishedAt~";
        shapes[typeof(V1VolumeMountStatus)] = "name! mountPath! readOnly0 recursiveReadOnly*=v1.RecursiveReadOnlyMode";
        shapes[typeof(V1ImageVolumeStatus)] = "imageRef!";
        shapes[typeof(V1ResourceStatus)] = "name!=v1.ResourceName";
        shapes[typeof(V1ResourceHealth)] = "resourceID!=v1.ResourceID health=v1.ResourceHealthStatus message*";
        shapes[typeof(V1PodResourceClaimStatus)] = "name! resourceClaimName*";
        shapes[typeof(V1PodExtendedResourceClaimStatus)] = "requestMappings! resourceClaimName!";
        shapes[typeof(V1ContainerExtendedResourceRequest)] = "containerName! resourceName! requestName!";
    }
}
