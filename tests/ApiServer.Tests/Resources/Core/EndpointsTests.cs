using Coxswain.ApiServer.Resources.Core;

namespace Coxswain.ApiServer.Tests.Resources.Core;

public sealed class EndpointsTests
{
    private static readonly Endpoints Kind = new();

    [Fact]
    public void Validate_LoopbackAndNamelessPorts_AreRefused() => Assert.Equal(
        [
            "subsets[0].notReadyAddresses[0].ip: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)",
            "subsets[0].ports[0].name: Required value",
            "subsets[0].ports[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive",
            "subsets[1]: Required value: must specify `addresses` or `notReadyAddresses`",
        ],
        Written.Faults(Kind, """{"metadata":{"name":"e"},"subsets":[{"notReadyAddresses":[{"ip":"127.0.0.1"}],"ports":[{"port":1},{"name":"b","port":70000}]},{}]}"""));

    [Theory]
    [InlineData("0.0.0.0", "may not be unspecified (0.0.0.0)")]
    [InlineData("169.254.1.1", "may not be in the link-local range (169.254.0.0/16, fe80::/10)")]
    [InlineData("fe80::1", "may not be in the link-local range (169.254.0.0/16, fe80::/10)")]
    [InlineData("224.0.0.1", "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")]
    [InlineData("010.0.0.1", "must not have leading 0s")]
    [InlineData("::ffff:10.0.0.1", "must not be an IPv4-mapped IPv6 address")]
    [InlineData("::1", "may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    public void Validate_SpecialAddress_IsRefused(string ip, string why) => Assert.Equal(
        [$"subsets[0].addresses[0].ip: Invalid value: \"{ip}\": {why}"], Written.Faults(Kind, $$"""{"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"{{ip}}"}]}]}"""));

    [Theory]
    [InlineData("[]", "<none>")]
    [InlineData("""[{"addresses":[{"ip":"10.0.0.1"}],"ports":[{"port":80}]}]""", "10.0.0.1:80")]
    [InlineData("""[{"addresses":[{"ip":"fd00::1"}],"ports":[{"port":80}]}]""", "[fd00::1]:80")]
    [InlineData("""[{"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}],"ports":[{"name":"a","port":80},{"name":"b","port":81}]}]""", "10.0.0.1:80,10.0.0.2:80,10.0.0.1:81 + 1 more...")]
    [InlineData("""[{"addresses":[{"ip":"10.0.0.1"}]}]""", "10.0.0.1")]
    [InlineData("""[{"notReadyAddresses":[{"ip":"10.0.0.1"}],"ports":[{"port":80}]}]""", "")]
    public void Row_Endpoints_AreCutAfterThree(string subsets, string cell) =>
        Assert.Equal(cell, Kind.Cells(Written.Object(Kind, $$"""{"metadata":{"name":"e"},"subsets":{{subsets}}}"""), Written.Now)[1]);

    [Fact]
    public void Deprecation_PointsToTheSuccessor() => Assert.Equal("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice", Kind.Deprecation);
}
