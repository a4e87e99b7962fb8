using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Coxswain.ApiServer.Resources.Core;

namespace Coxswain.ApiServer.Tests.Resources.Core;

public sealed class SecretTests
{
    private static readonly Secret Kind = new();

    [Theory]
    [InlineData("kubernetes.io/tls", "data[tls.crt]: Required value;data[tls.key]: Required value")]
    [InlineData("kubernetes.io/basic-auth", "data[username]: Required value;data[password]: Required value")]
    [InlineData("kubernetes.io/ssh-auth", "data[ssh-privatekey]: Required value")]
    [InlineData("kubernetes.io/dockercfg", "data[.dockercfg]: Required value")]
    [InlineData("kubernetes.io/dockerconfigjson", "data[.dockerconfigjson]: Required value")]
    [InlineData("kubernetes.io/service-account-token", "metadata.annotations[kubernetes.io/service-account.name]: Required value")]
    [InlineData("my.own/type", "")]
    public void Validate_TypeWithoutItsKeys_RequiresThem(string type, string faults) =>
        Assert.Equal(faults, string.Join(';', Written.Faults(Kind, $$"""{"metadata":{"name":"s"},"type":"{{type}}"}""")));

    [Theory]
    [InlineData("", "unexpected end of JSON input")]
    [InlineData("{", "unexpected end of JSON input")]
    [InlineData("nope", "invalid character 'o' in literal null (expecting 'u')")]
    [InlineData("[]", "json: cannot unmarshal array into Go value of type map[string]interface {}")]
    public void Validate_DockerConfigThatIsNoObject_HidesTheContents(string json, string fault) => Assert.Equal(
        [$"data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": {fault}"],
        Written.Faults(Kind, $$$$"""{"metadata":{"name":"s"},"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"{{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(json))}}}}"}}"""));

    [Fact]
    public void Default_StringData_WinsOverDataAndIsNotKept()
    {
        var secret = Written.Object(Kind, """{"metadata":{"name":"s"},"data":{"a":"eA==","b":"eA=="},"stringData":{"a":"new"}}""");
        Assert.Equal("Opaque", secret.Type);
        Assert.Null(secret.StringData);
        Assert.Equal("new", Encoding.UTF8.GetString(secret.Data["a"]));
        Assert.Equal("x", Encoding.UTF8.GetString(secret.Data["b"]));
    }

    [Fact]
    public void ValidateUpdate_OtherType_IsImmutable() =>
        Assert.Equal(["type: Invalid value: \"b/c\": field is immutable"], Written.UpdateFaults(Kind, """{"metadata":{"name":"s"}}""", """{"metadata":{"name":"s"},"type":"b/c"}"""));

    [Fact]
    public void ValidateUpdate_Immutable_RefusesOtherData() =>
        Assert.Equal(["data: Forbidden: field is immutable when `immutable` is set"],
            Written.UpdateFaults(Kind, """{"metadata":{"name":"s"},"immutable":true,"data":{"a":"eA=="}}""", """{"metadata":{"name":"s"},"immutable":true,"data":{"a":"eQ=="}}"""));

    [Fact]
    public void Warnings_TlsWithoutPem_SaysWhichPartIsMissing() => Assert.Equal(["tls: failed to find any PEM data in certificate input"],
        Written.Warnings(Kind, """{"metadata":{"name":"s"},"type":"kubernetes.io/tls","stringData":{"tls.crt":"x","tls.key":"y"}}"""));

    [Fact]
    public void Warnings_TlsWithAnotherKey_SaysTheyDoNotMatch()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=x", own, HashAlgorithmName.SHA256).CreateSelfSigned(Written.Now, Written.Now.AddDays(1));
        string Secret(ECDsa key) => $$$$"""{"metadata":{"name":"s"},"type":"kubernetes.io/tls","data":{"tls.crt":"{{{{Base64(certificate.ExportCertificatePem())}}}}","tls.key":"{{{{Base64(key.ExportPkcs8PrivateKeyPem())}}}}"}}""";

        Assert.Empty(Written.Warnings(Kind, Secret(own)));
        Assert.Equal(["tls: private key does not match public key"], Written.Warnings(Kind, Secret(other)));
    }

    [Fact]
    public void Row_ShowsTypeAndCount() => Assert.Equal("s | Opaque | 1 | <unknown>", Written.Row(Kind, """{"metadata":{"name":"s"},"data":{"a":"eA=="}}"""));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
