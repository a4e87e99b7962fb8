using k8s.Models;

namespace Coxswain.Api;

/// <summary>Shapes of Node, Namespace, ResourceQuota, Event, Service, endpoints and Lease.</summary>
internal static class ClusterShapes
{
    public static void AddTo(Dictionary<Type, string> shapes)
    {
        AddNode(shapes);
        AddService(shapes);
        shapes[typeof(V1Binding)] = "target{}";
        shapes[typeof(V1Secret)] = "type=v1.SecretType";
        shapes[typeof(V1NamespaceSpec)] = "finalizers=[]v1.FinalizerName";
        shapes[typeof(V1NamespaceStatus)] = "phase=v1.NamespacePhase";
        shapes[typeof(V1NamespaceCondition)] = "type!=v1.NamespaceConditionType status!=v1.ConditionStatus lastTransitionTime~";
        shapes[typeof(V1ResourceQuotaSpec)] = "hard=v1.ResourceList scopes=[]v1.ResourceQuotaScope";
        shapes[typeof(V1ResourceQuotaStatus)] = "hard=v1.ResourceList used=v1.ResourceList";
        shapes[typeof(V1ScopedResourceSelectorRequirement)] = "scopeName!=v1.ResourceQuotaScope operator!=v1.ScopeSelectorOperator";
        shapes[typeof(Corev1Event)] = "involvedObject{} source{} firstTimestamp~ lastTimestamp~ eventTime~6 count0 reportingComponent! reportingInstance!";
        shapes[typeof(Corev1EventSeries)] = "count0 lastObservedTime~6";
        shapes[typeof(Eventsv1Event)] = "eventTime~6 regarding{} deprecatedSource{} deprecatedFirstTimestamp~ deprecatedLastTimestamp~ deprecatedCount0";
        shapes[typeof(Eventsv1EventSeries)] = "lastObservedTime~6";
        shapes[typeof(V1LeaseSpec)] = "holderIdentity* acquireTime6 renewTime6 strategy*=v1.CoordinatedLeaseStrategy preferredHolder*";
    }

    private static void AddNode(Dictionary<Type, string> shapes)
    {
        shapes[typeof(V1NodeSpec)] = "unschedulable0 podPreemptionPolicy-";
        shapes[typeof(V1Taint)] = "key! effect!=v1.TaintEffect";
        shapes[typeof(V1NodeStatus)] = "phase=v1.NodePhase daemonEndpoints{} nodeInfo{} volumesInUse=[]v1.UniqueVolumeName capacity=v1.ResourceList allocatable=v1.ResourceList";
        shapes[typeof(V1NodeAddress)] = "type!=v1.NodeAddressType address!";
        shapes[typeof(V1NodeCondition)] = "type!=v1.NodeConditionType status!=v1.ConditionStatus lastHeartbeatTime~ lastTransitionTime~";
        shapes[typeof(V1NodeDaemonEndpoints)] = "kubeletEndpoint{}";
        shapes[typeof(V1NodeSystemInfo)] = "machineID! systemUUID! bootID! kernelVersion! osImage! containerRuntimeVersion! kubeletVersion! kubeProxyVersion! operatingSystem! architecture! runningInUserNamespace-";
        shapes[typeof(V1NodeRuntimeHandler)] = "name!";
        shapes[typeof(V1ContainerImage)] = "names! sizeBytes0";
        shapes[typeof(V1AttachedVolume)] = "name!=v1.UniqueVolumeName devicePath!";
        shapes[typeof(V1ConfigMapNodeConfigSource)] = "namespace! name! uid=types.UID kubeletConfigKey!";
    }

    private static void AddService(Dictionary<Type, string> shapes)
    {
        shapes[typeof(V1ServiceSpec)] = "type=v1.ServiceType sessionAffinity=v1.ServiceAffinity externalTrafficPolicy=v1.ServiceExternalTrafficPolicy healthCheckNodePort0 publishNotReadyAddresses0 "
            + "internalTrafficPolicy*=v1.ServiceInternalTrafficPolicy ipFamilies=[]v1.IPFamily ipFamilyPolicy*=v1.IPFamilyPolicy loadBalancerClass* trafficDistribution*";
        shapes[typeof(V1ServiceStatus)] = "loadBalancer{}";
        shapes[typeof(V1ServicePort)] = "protocol=v1.Protocol targetPort{} nodePort0 appProtocol*";
        shapes[typeof(V1LoadBalancerIngress)] = "ipMode*=v1.LoadBalancerIPMode";
        shapes[typeof(V1PortStatus)] = "protocol!=v1.Protocol error*";
        shapes[typeof(V1EndpointAddress)] = "ip! nodeName*";
        shapes[typeof(Corev1EndpointPort)] = "protocol=v1.Protocol appProtocol*";
        shapes[typeof(V1EndpointSlice)] = "addressType!=v1.AddressType endpoints! ports!";
        shapes[typeof(V1Endpoint)] = "addresses! conditions{} hostname* nodeName* zone*";
        shapes[typeof(V1ForZone)] = "name!";
        shapes[typeof(V1ForNode)] = "name!";
        shapes[typeof(Discoveryv1EndpointPort)] = "name* protocol*=v1.Protocol appProtocol*";
    }
}
