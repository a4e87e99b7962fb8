using Coxswain.ApiServer.Resources.Core;

namespace Coxswain.ApiServer.Tests.Resources.Core.Services;

public sealed class ServiceValidationTests
{
    private static readonly Service Kind = new();

    [Theory]
    [InlineData("""{}""", "spec.ports: Required value")]
    [InlineData("""{"type":"ExternalName"}""", "spec.externalName: Required value")]
    [InlineData("""{"type":"ExternalName","externalName":"a.org.","ipFamilyPolicy":"SingleStack"}""", "spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services")]
    [InlineData("""{"type":"NodePort","clusterIP":"None","clusterIPs":["None"],"ports":[{"port":80}]}""", "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services")]
    [InlineData("""{"ports":[{"name":"a","port":80,"nodePort":30000},{"name":"a","port":80}]}""",
        "spec.ports[1].name: Duplicate value: \"a\";spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP';spec.ports[1]: Duplicate value: {\"Name\":\"\",\"Protocol\":\"TCP\",\"AppProtocol\":null,\"Port\":80,\"TargetPort\":0,\"NodePort\":0}")]
    [InlineData("""{"type":"NodePort","ports":[{"name":"a","port":80,"nodePort":30000},{"name":"b","port":81,"nodePort":30000}]}""", "spec.ports[1].nodePort: Duplicate value: 30000")]
    [InlineData("""{"type":"NodePort","ports":[{"name":"a","port":53,"nodePort":30000},{"name":"b","port":53,"nodePort":30000,"protocol":"UDP"}]}""", "")]
    [InlineData("""{"ports":[{"port":80}],"externalTrafficPolicy":"Local"}""", "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible services")]
    [InlineData("""{"ports":[{"port":80}],"externalIPs":["192.0.2.1","x","127.0.0.1"]}""",
        "spec.externalIPs[1]: Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff);spec.externalIPs[2]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    [InlineData("""{"ports":[{"port":80}],"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":86401}}}""",
        "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400")]
    [InlineData("""{"ports":[{"port":80}],"loadBalancerSourceRanges":["10.0.0.0"]}""",
        "spec.loadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer';spec.loadBalancerSourceRanges[0]: Invalid value: \"10.0.0.0\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
    [InlineData("""{"type":"LoadBalancer","ports":[{"port":10250}]}""", "spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet")]
    [InlineData("""{"type":"LoadBalancer","externalTrafficPolicy":"Local","ports":[{"port":80}]}""", "spec.healthCheckNodePort: Required value")]
    [InlineData("""{"ports":[{"port":80}],"loadBalancerClass":"a/b","allocateLoadBalancerNodePorts":false}""",
        "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer';spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'")]
    [InlineData("""{"ports":[{"port":80}],"internalTrafficPolicy":"Odd","trafficDistribution":"Odd"}""",
        "spec.internalTrafficPolicy: Unsupported value: \"Odd\": supported values: \"Cluster\", \"Local\";spec.trafficDistribution: Unsupported value: \"Odd\": supported values: \"PreferClose\", \"PreferSameNode\", \"PreferSameZone\"")]
    [InlineData("""{"ports":[{"port":80}],"clusterIP":"10.43.0.7"}""", "spec.clusterIPs: Required value")]
    [InlineData("""{"ports":[{"port":80}],"clusterIP":"10.43.0.7","clusterIPs":["10.43.0.8"]}""", "spec.clusterIPs: Invalid value: [\"10.43.0.8\"]: first value must match `clusterIP`")]
    [InlineData("""{"ports":[{"port":80}],"ipFamilies":["IPv4","IPv4","IPv5"]}""", "spec.ipFamilies[1]: Duplicate value: \"IPv4\";spec.ipFamilies[2]: Unsupported value: \"IPv5\": supported values: \"IPv4\", \"IPv6\"")]
    public void Validate_Spec_IsChecked(string spec, string faults) => Assert.Equal(faults, string.Join(';', Written.Faults(Kind, $$"""{"metadata":{"name":"s"},"spec":{{spec}}}""")));

    [Fact]
    public void Validate_TopologyAnnotationsThatDiffer_AreRefused() => Assert.Equal(
        ["metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: \"a\": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified"],
        Written.Faults(Kind, """{"metadata":{"name":"s","annotations":{"service.kubernetes.io/topology-mode":"a","service.kubernetes.io/topology-aware-hints":"b"}},"spec":{"ports":[{"port":80}]}}"""));

    [Fact]
    public void ValidateUpdate_OtherClusterIP_MayNotChange() => Assert.Equal(
        ["spec.clusterIPs[0]: Invalid value: [\"10.43.0.8\"]: may not change once set"],
        Written.UpdateFaults(Kind, """{"metadata":{"name":"s"},"spec":{"clusterIP":"10.43.0.7","clusterIPs":["10.43.0.7"],"ports":[{"port":80}]}}""",
            """{"metadata":{"name":"s"},"spec":{"clusterIP":"10.43.0.8","clusterIPs":["10.43.0.8"],"ports":[{"port":80}]}}"""));

    [Fact]
    public void ValidateStatusUpdate_IngressOfNoLoadBalancer_IsForbidden() => Assert.Equal(
        ["status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is \"LoadBalancer\"", "status.loadBalancer.ingress[0].ipMode: Required value: must be specified when `ip` is set"],
        Written.StatusFaults(Kind, """{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}]},"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]}}}"""));

    [Fact]
    public void PrepareForUpdate_OtherType_DropsWhatBelongedToTheOldOne()
    {
        var old = Written.Created(Kind, """{"metadata":{"name":"s"},"spec":{"type":"NodePort","clusterIP":"10.43.0.7","clusterIPs":["10.43.0.7"],"ports":[{"port":80,"nodePort":30001}]}}""");
        var value = Written.Updated(Kind, old, """{"metadata":{"name":"s"},"spec":{"type":"ClusterIP","clusterIP":"10.43.0.7","clusterIPs":["10.43.0.7"],"externalTrafficPolicy":"Cluster","ports":[{"port":80,"nodePort":30001}]}}""");
        Assert.Null(value.Spec.Ports[0].NodePort);
        Assert.Null(value.Spec.ExternalTrafficPolicy);
        Assert.Equal("10.43.0.7", value.Spec.ClusterIP);
    }

    [Fact]
    public void Warnings_Headless_NamesWhatIsIgnored() => Assert.Equal(
        ["spec.loadBalancerIP is ignored for headless services", "spec.SessionAffinity is ignored for headless services", "spec.externalName is ignored when spec.type is not \"ExternalName\""],
        Written.Warnings(Kind, """{"metadata":{"name":"s"},"spec":{"clusterIP":"None","clusterIPs":["None"],"sessionAffinity":"ClientIP","loadBalancerIP":"192.0.2.1","externalName":"a.org"}}"""));

    [Theory]
    [InlineData("""{"ports":[{"port":80}],"externalIPs":["2001:DB8::1"]}""", "spec.externalIPs is deprecated;spec.externalIPs[0]: IPv6 address \"2001:DB8::1\" should be in RFC 5952 canonical format (\"2001:db8::1\")")]
    [InlineData("""{"ports":[{"port":80}],"trafficDistribution":"PreferClose"}""", "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"")]
    [InlineData("""{"type":"LoadBalancer","ports":[{"port":80}],"loadBalancerSourceRanges":["2001:DB8::/64","10.0.0.0/8"]}""",
        "spec.loadBalancerSourceRanges[0]: IPv6 CIDR value \"2001:DB8::/64\" should be in RFC 5952 canonical format (\"2001:db8::/64\")")]
    public void Warnings_Spec_AreGiven(string spec, string warnings) => Assert.Equal(warnings, string.Join(';', Written.Warnings(Kind, $$"""{"metadata":{"name":"s"},"spec":{{spec}}}""")));

    [Theory]
    [InlineData("""{"spec":{"clusterIP":"10.43.0.7","clusterIPs":["10.43.0.7"],"ports":[{"port":80},{"port":53,"protocol":"UDP"}],"selector":{"b":"2","a":"1"}}}""", "ClusterIP | 10.43.0.7 | <none> | 80/TCP,53/UDP | <unknown> | a=1,b=2")]
    [InlineData("""{"spec":{"type":"NodePort","ports":[{"port":80,"nodePort":30080}],"externalIPs":["192.0.2.1"]}}""", "NodePort | <none> | 192.0.2.1 | 80:30080/TCP | <unknown> | <none>")]
    [InlineData("""{"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}""", "LoadBalancer | <none> | <pending> | 80/TCP | <unknown> | <none>")]
    [InlineData("""{"spec":{"type":"LoadBalancer","ports":[{"port":80}],"externalIPs":["192.0.2.9"]},"status":{"loadBalancer":{"ingress":[{"hostname":"lb.example.org"},{"ip":"192.0.2.1"}]}}}""", "LoadBalancer | <none> | 192.0.2.1,lb.example.org,192.0.2.9 | 80/TCP | <unknown> | <none>")]
    [InlineData("""{"spec":{"type":"ExternalName","externalName":"a.org"}}""", "ExternalName | <none> | a.org | <none> | <unknown> | <none>")]
    public void Row_ShowsAddressesAndPorts(string json, string row) => Assert.Equal($"s | {row}", Written.Row(Kind, $$"""{"metadata":{"name":"s"},{{json[1..]}}"""));
}
