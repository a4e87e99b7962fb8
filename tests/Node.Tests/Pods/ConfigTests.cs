using Coxswain.Api;
using Coxswain.Node.Pods;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

public sealed class ConfigTests
{
    [Theory]
    [InlineData("$(A)", "1")]
    [InlineData("x$(A)y$(B)", "x1y$(B)")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$$$(A)", "$1")]
    [InlineData("cost $5 $", "cost $5 $")]
    [InlineData("$(A", "$(A")]
    public void Expand_FollowsTheRules(string text, string expanded) => Assert.Equal(expanded, Expansion.Expand(text, name => name == "A" ? "1" : null));

    [Theory]
    [InlineData(0, 2)]
    [InlineData(10, 10)]
    [InlineData(500, 512)]
    [InlineData(1000000, 262144)]
    public void Shares_OfMilliCpu(long milli, long shares) => Assert.Equal(shares, ResourceMath.Shares(milli));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1000)]
    [InlineData(500, 50000)]
    public void Quota_OfMilliCpu(long milli, long quota) => Assert.Equal(quota, ResourceMath.Quota(milli));

    [Fact]
    public void Qos_IsByRequestsAndLimits()
    {
        var pod = TestNode.NewPod("p");
        Assert.Equal("BestEffort", QosClass.Of(pod));
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements { Limits = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("1"), ["memory"] = new("1Gi") } };
        Assert.Equal("Guaranteed", QosClass.Of(pod));
        pod.Spec.Containers[0].Resources.Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("500m") };
        Assert.Equal("Burstable", QosClass.Of(pod));
    }

    [Fact]
    public void ServiceVariables_HaveUpstreamsNames()
    {
        var web = new V1Service
        {
            Metadata = new V1ObjectMeta { Name = "my-web", NamespaceProperty = "default" },
            Spec = new V1ServiceSpec { ClusterIP = "10.43.0.5", Ports = [new V1ServicePort { Name = "http", Port = 80, Protocol = "TCP" }] },
        };
        var pod = TestNode.NewPod("p");
        var variables = ServiceEnvironment.Of(pod, [web]).ToDictionary();
        Assert.Equal("10.43.0.5", variables["MY_WEB_SERVICE_HOST"]);
        Assert.Equal("80", variables["MY_WEB_SERVICE_PORT_HTTP"]);
        Assert.Equal("tcp://10.43.0.5:80", variables["MY_WEB_PORT_80_TCP"]);
        Assert.Equal(7 + 1, variables.Count);
        pod.Spec.EnableServiceLinks = false;
        Assert.Empty(ServiceEnvironment.Of(pod, [web]));
    }

    [Fact]
    public void Dns_ClusterFirst_SearchesTheNamespaceFirst()
    {
        var node = new DnsConfig(["192.0.2.1"], ["example"], []);
        var pod = TestNode.NewPod("p");
        var dns = DnsSettings.Of(pod, ["10.43.0.10"], "cluster.local", node);
        Assert.Equal(["default.svc.cluster.local", "svc.cluster.local", "cluster.local", "example"], dns.Searches);
        Assert.Equal(["10.43.0.10"], dns.Servers);
        Assert.Equal(["ndots:5"], dns.Options);
        Assert.Equal(node, DnsSettings.Of(pod, [], "cluster.local", node)); // no cluster DNS: the node's
        pod.Spec.DnsPolicy = "None";
        pod.Spec.DnsConfig = new V1PodDNSConfig { Nameservers = ["1.1.1.1"], Options = [new V1PodDNSConfigOption { Name = "ndots", Value = "2" }] };
        var own = DnsSettings.Of(pod, ["10.43.0.10"], "cluster.local", node);
        Assert.Equal(["1.1.1.1"], own.Servers);
        Assert.Equal(["ndots:2"], own.Options);
    }

    [Fact]
    public void BackOff_DoublesToTheMaximum_AndForgetsAfterAGoodWhile()
    {
        var time = new FakeTime();
        var backoff = new RestartBackOff(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), time);
        var delays = new List<double>();
        for (var i = 0; i < 7; i++)
        {
            backoff.Next("c", time.Steady());
            delays.Add(backoff.Delay("c").TotalSeconds);
        }
        Assert.Equal([10, 20, 40, 80, 160, 300, 300], delays);
        time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(TimeSpan.Zero, backoff.Remaining("c", time.Steady()));
        backoff.Next("c", time.Steady());
        Assert.Equal(10, backoff.Delay("c").TotalSeconds);
    }
}
