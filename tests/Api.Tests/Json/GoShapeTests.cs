using System.Text;
using k8s.Models;

namespace Coxswain.Api.Tests;

public sealed class GoShapeTests
{
    [Fact]
    public void Encode_EmptyPod_WritesStructsByValue() =>
        Assert.Equal("""{"kind":"Pod","apiVersion":"v1","metadata":{},"spec":{"containers":null},"status":{}}""", Encode(Kinds.Pods, new V1Pod { ApiVersion = "v1", Kind = "Pod" }));

    [Fact]
    public void Encode_ZeroValues_FollowTheGoFields()
    {
        var pod = Kinds.Pods.New("ns", "p");
        pod.Metadata.Labels = new Dictionary<string, string>();
        pod.Spec = new V1PodSpec
        {
            HostNetwork = false, // by value: left out
            AutomountServiceAccountToken = false, // a pointer: kept
            NodeName = "",
            Priority = 0,
            Containers = [new V1Container { Name = "c", Tty = false, Ports = [new V1ContainerPort { ContainerPort = 80, HostPort = 0 }], SecurityContext = new V1SecurityContext { Privileged = false } }],
        };
        pod.Status = new V1PodStatus
        {
            Conditions = [new V1PodCondition { Type = "Ready", Status = "True" }],
            ContainerStatuses = [new V1ContainerStatus { Name = "c", State = new V1ContainerState { Running = new V1ContainerStateRunning() } }],
        };
        Assert.Equal(
            """{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","namespace":"ns"},"spec":{"""
            + "\"containers\"" + """:[{"name":"c","ports":[{"containerPort":80}],"resources":{},"securityContext":{"privileged":false}}],"""
            + "\"automountServiceAccountToken\"" + """:false,"priority":0},"""
            + "\"status\"" + """:{"conditions":[{"type":"Ready","status":"True","lastProbeTime":null,"lastTransitionTime":null}],"""
            + "\"containerStatuses\"" + """:[{"name":"c","state":{"running":{"startedAt":null}},"lastState":{},"ready":false,"restartCount":0,"image":"","imageID":""}]}}""",
            Encode(Kinds.Pods, pod));
    }

    [Fact]
    public void Encode_Event_WritesItsEmptyHalves()
    {
        var e = new Corev1Event { ApiVersion = "v1", Kind = "Event", Metadata = new V1ObjectMeta { Name = "e" }, EventTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(12) };
        Assert.Equal(
            """{"kind":"Event","apiVersion":"v1","metadata":{"name":"e"},"involvedObject":{},"source":{},"firstTimestamp":null,"lastTimestamp":null,"eventTime":"2026-01-02T03:04:05.000001Z","reportingComponent":"","reportingInstance":""}""",
            Encode(Kinds.Events, e));
    }

    [Theory]
    [InlineData("""{"cpu":"0.5","memory":"1024Mi"}""", """{"cpu":"500m","memory":"1Gi"}""")]
    [InlineData("""{"cpu":2,"memory":"1e3"}""", """{"cpu":"2","memory":"1e3"}""")]
    [InlineData("""{"cpu":"100u"}""", """{"cpu":"1m"}""")]
    public void RoundTrip_ResourceLists_BecomeCanonical(string requests, string canonical)
    {
        var json = RoundTrip("""{"spec":{"containers":[{"name":"c","resources":{"requests":""" + requests + "}}]}}");
        Assert.Contains($"\"requests\":{canonical}", json);
    }

    [Fact]
    public void RoundTrip_SizeLimit_StaysAsWritten() =>
        Assert.Contains("""{"name":"e","emptyDir":{"sizeLimit":"1024Mi"}}""", RoundTrip("""{"spec":{"volumes":[{"name":"e","emptyDir":{"sizeLimit":"1024Mi"}}]}}"""));

    [Fact]
    public void RoundTrip_DigitsInQuotes_StayAString()
    {
        const string Probe = """{"tcpSocket":{"port":"80"}}""";
        var json = RoundTrip("""{"spec":{"containers":[{"name":"c","livenessProbe":""" + Probe + ""","readinessProbe":{"tcpSocket":{"port":80}}}]}}""");
        Assert.Contains($"\"livenessProbe\":{Probe}", json);
        Assert.Contains("\"readinessProbe\":{\"tcpSocket\":{\"port\":80}}", json);
    }

    [Fact]
    public void RoundTrip_TimeWithOffset_BecomesUtcSeconds() =>
        Assert.Contains("\"creationTimestamp\":\"2026-01-01T10:00:00Z\"", RoundTrip("""{"metadata":{"creationTimestamp":"2026-01-01T12:00:00.75+02:00"}}"""));

    [Fact]
    public void RoundTrip_FieldsOfLaterVersions_AreUnknown()
    {
        var e = Assert.Throws<StatusException>(() => RoundTrip("""{"spec":{"evictionResponders":[]}}"""));
        Assert.EndsWith("strict decoding error: unknown field \"spec.evictionResponders\"", e.Message);
    }

    private static string Encode<T>(ResourceType<T> type, T value) where T : class, k8s.IKubernetesObject<V1ObjectMeta>, new() => Encoding.UTF8.GetString(type.Encode(value));

    private static string RoundTrip(string body) =>
        Encode(Kinds.Pods, (V1Pod)StrictDecoder.Decode(Kinds.Pods, Encoding.UTF8.GetBytes(body), FieldValidation.Strict, []));
}
