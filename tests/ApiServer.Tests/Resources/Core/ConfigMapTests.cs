using Coxswain.ApiServer.Resources.Core;

namespace Coxswain.ApiServer.Tests.Resources.Core;

public sealed class ConfigMapTests
{
    private static readonly ConfigMap Kind = new();

    [Fact]
    public void Validate_KeyInBothMaps_SaysSo() =>
        Assert.Equal(["data[a]: Invalid value: \"a\": duplicate of key present in binaryData"], Written.Faults(Kind, """{"metadata":{"name":"c"},"data":{"a":"x"},"binaryData":{"a":"AAE="}}"""));

    [Fact]
    public void Validate_BadKey_NamesTheKey() => Assert.Equal(
        ["data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"],
        Written.Faults(Kind, """{"metadata":{"name":"c"},"data":{"a b":"x"}}"""));

    [Fact]
    public void Validate_OverAMebibyte_IsTooLongAsAWhole()
    {
        var half = new string('x', 600 * 1024);
        Assert.Equal(["[]: Too long: may not be more than 1048576 bytes"], Written.Faults(Kind, $$$$"""{"metadata":{"name":"c"},"data":{"a":"{{{{half}}}}","b":"{{{{half}}}}"}}"""));
    }

    [Fact]
    public void ValidateUpdate_Immutable_RefusesEveryChange() => Assert.Equal(
        [
            "immutable: Forbidden: field is immutable when `immutable` is set",
            "data: Forbidden: field is immutable when `immutable` is set",
            "binaryData: Forbidden: field is immutable when `immutable` is set",
        ],
        Written.UpdateFaults(Kind, """{"metadata":{"name":"c"},"immutable":true,"data":{"a":"x"},"binaryData":{"b":"AAE="}}""", """{"metadata":{"name":"c"},"data":{"a":"y"}}"""));

    [Fact]
    public void ValidateUpdate_ImmutableAndSame_IsFine() =>
        Assert.Empty(Written.UpdateFaults(Kind, """{"metadata":{"name":"c"},"immutable":true,"data":{"a":"x"}}""", """{"metadata":{"name":"c","labels":{"l":"v"}},"immutable":true,"data":{"a":"x"}}"""));

    [Fact]
    public void Row_CountsBothMaps() =>
        Assert.Equal("c | 2 | 3m", Written.Row(Kind, """{"metadata":{"name":"c","creationTimestamp":"2026-03-04T11:57:00Z"},"data":{"a":"x"},"binaryData":{"b":"AAE="}}"""));
}
