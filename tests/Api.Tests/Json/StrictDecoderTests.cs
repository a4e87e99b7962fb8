using System.Text;
using k8s.Models;

namespace Coxswain.Api.Tests;

public sealed class StrictDecoderTests
{
    private const string Head = "Pod in version \"v1\" cannot be handled as a Pod: ";

    [Theory]
    [InlineData("""{"metadata":{"name":5}}""", "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string")]
    [InlineData("""{"metadata":[]}""", "json: cannot unmarshal array into Go struct field Pod.metadata of type v1.ObjectMeta")]
    [InlineData("""{"metadata":{"labels":{"a":{}}}}""", "json: cannot unmarshal object into Go struct field ObjectMeta.metadata.labels of type string")]
    [InlineData("""{"spec":{"containers":{}}}""", "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container")]
    [InlineData("""{"spec":{"containers":["x"]}}""", "json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type v1.Container")]
    [InlineData("""{"spec":{"containers":[{"imagePullPolicy":true}]}}""", "json: cannot unmarshal bool into Go struct field Container.spec.containers.imagePullPolicy of type v1.PullPolicy")]
    [InlineData("""{"spec":{"containers":[{"ports":[{"containerPort":3000000000}]}]}}""", "json: cannot unmarshal number 3000000000 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32")]
    [InlineData("""{"spec":{"containers":[{"ports":[{"containerPort":1.5}]}]}}""", "json: cannot unmarshal number 1.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32")]
    [InlineData("""{"spec":{"containers":[{"livenessProbe":{"httpGet":{"path":1}}}]}}""", "json: cannot unmarshal number into Go struct field HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.path of type string")]
    [InlineData("""{"spec":{"containers":[{"livenessProbe":{"tcpSocket":{"port":{}}}}]}}""", "json: cannot unmarshal object into Go struct field TCPSocketAction.spec.containers.livenessProbe.ProbeHandler.tcpSocket.port of type int32")]
    [InlineData("""{"spec":{"containers":[{"securityContext":{"capabilities":{"add":[1]}}}]}}""", "json: cannot unmarshal number into Go struct field Capabilities.spec.containers.securityContext.capabilities.add of type v1.Capability")]
    [InlineData("""{"spec":{"overhead":[]}}""", "json: cannot unmarshal array into Go struct field PodSpec.spec.overhead of type v1.ResourceList")]
    [InlineData("""{"spec":{"overhead":{"cpu":"x"}}}""", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    [InlineData("""{"spec":{"hostNetwork":"yes"}}""", "json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool")]
    [InlineData("""{"metadata":{"name":5,"uid":true}}""", "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string")]
    [InlineData("""{"metadata":{"creationTimestamp":"yesterday"}}""", "parsing time \"yesterday\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"yesterday\" as \"2006\"")]
    [InlineData("""{"metadata":{"creationTimestamp":"2026-13-01T00:00:00Z"}}""", "parsing time \"2026-13-01T00:00:00Z\": month out of range")]
    [InlineData("""{"metadata":{"creationTimestamp":7}}""", "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string")]
    [InlineData("""{"kind":"Nope"}""", "no kind \"Nope\" is registered for version \"v1\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"", "Nope in version \"v1\" cannot be handled as a Pod: ")]
    [InlineData("""{"kind":"Service"}""", "converting (v1.Service) to (core.Pod): unknown conversion", "Service in version \"v1\" cannot be handled as a Pod: ")]
    public void Decode_WrongValue_SaysWhatGoWould(string body, string error, string head = Head) => Assert.Equal(head + error, Refused(body));

    [Theory]
    [InlineData("""{"spec":{"containers":[{"nonsense":1,"resources":{"x":{}}}]},"a":null}""", "unknown field \"spec.containers[0].nonsense\", unknown field \"spec.containers[0].resources.x\", unknown field \"a\"")]
    [InlineData("""{"kind":"Pod","kind":"Pod"}""", "duplicate field \"kind\"")]
    [InlineData("""{"metadata":{"labels":{"a":"1","a":"2"}}}""", "duplicate field \"metadata.labels.a\"")]
    [InlineData("""{"metadata":{"Name":"x"}}""", "unknown field \"metadata.Name\"")]
    public void Decode_StrangeFields_StrictRefusesWarnTellsIgnoreDrops(string body, string findings)
    {
        Assert.Equal($"{Head}strict decoding error: {findings}", Refused(body));
        var warnings = new List<string>();
        Decode(body, FieldValidation.Warn, warnings);
        Assert.Equal(findings, string.Join(", ", warnings));
        warnings.Clear();
        Decode(body, FieldValidation.Ignore, warnings);
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("""{"kind":"Pod""", "unexpected end of JSON input ({\"kind\":\"Pod)")]
    [InlineData("", "unexpected end of JSON input (<empty>)")]
    [InlineData("""{"a":1,}""", "invalid character '}' looking for beginning of object key string ({\"a\":1,})")]
    [InlineData("""{"a" 1}""", "invalid character '1' after object key ({\"a\" 1})")]
    [InlineData("""{"a":01}""", "invalid character '1' after object key:value pair ({\"a\":01})")]
    [InlineData("""{"a":tru }""", "invalid character ' ' in literal true (expecting 'e') ({\"a\":tru })")]
    [InlineData("""{"a":"\x"}""", "invalid character 'x' in string escape code ({\"a\":\"\\x\"})")]
    [InlineData("kind: Pod", "invalid character 'k' looking for beginning of value (6b696e643a20506f64)")]
    [InlineData("{} {}", "invalid character '{' after top-level value ({} {})")]
    public void Decode_NoJson_SaysWhereItBreaks(string body, string error) =>
        Assert.Equal($"the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: {error}", Refused(body));

    [Fact]
    public void Decode_DeepNesting_IsRefusedWithoutExhaustingTheStack() =>
        Assert.Contains("exceeded max depth", Refused("{\"a\":" + new string('[', 200_000)));

    [Fact]
    public void Decode_Nulls_AreZeroValuesAsInGo()
    {
        var pod = Decode("""{"metadata":{"name":null,"labels":{"a":null},"creationTimestamp":null},"spec":{"containers":[null],"terminationGracePeriodSeconds":null}}""");
        Assert.Equal("", pod.Metadata.Labels["a"]);
        Assert.Null(Assert.Single(pod.Spec.Containers).Name);
        Assert.Equal(("v1", "Pod"), (pod.ApiVersion, pod.Kind));
    }

    [Fact]
    public void Decode_InvalidUtf8AndStraySurrogates_AreReplaced()
    {
        byte[] body = [.. "{\"metadata\":{\"annotations\":{\"a\":\"x"u8, 0xff, .. "\",\"b\":\"\\ud800y\"}}}"u8];
        var pod = (V1Pod)StrictDecoder.Decode(Kinds.Pods, body, FieldValidation.Strict, []);
        Assert.Equal(("x\ufffd", "\ufffdy"), (pod.Metadata.Annotations["a"], pod.Metadata.Annotations["b"]));
    }

    [Fact]
    public void Decode_BadBase64_NamesTheByte()
    {
        var e = Assert.Throws<StatusException>(() => StrictDecoder.Decode(Kinds.Secrets, """{"data":{"a":"YW=j"}}"""u8, FieldValidation.Strict, []));
        Assert.Equal("Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data at input byte 3", e.Message);
    }

    [Fact]
    public void Decode_MicroTimeWithoutMicros_IsRefused()
    {
        var e = Assert.Throws<StatusException>(() => StrictDecoder.Decode(Kinds.Leases, """{"spec":{"renewTime":"2026-01-01T00:00:00Z"}}"""u8, FieldValidation.Strict, []));
        Assert.EndsWith("parsing time \"2026-01-01T00:00:00Z\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"Z\" as \".000000\"", e.Message);
    }

    [Fact]
    public void Decode_ApiVersionWithTwoSlashes_IsUnrecognized() =>
        Assert.StartsWith("the object provided is unrecognized (must be of type Pod): unexpected GroupVersion string: a/b/c", Refused("""{"apiVersion":"a/b/c","kind":"Pod"}"""));

    private static V1Pod Decode(string body, FieldValidation validation = FieldValidation.Strict, List<string>? warnings = null) =>
        (V1Pod)StrictDecoder.Decode(Kinds.Pods, Encoding.UTF8.GetBytes(body), validation, warnings ?? []);

    private static string Refused(string body)
    {
        var e = Assert.Throws<StatusException>(() => Decode(body));
        Assert.Equal((400, "BadRequest"), (e.Code, e.Reason));
        return e.Message;
    }
}
