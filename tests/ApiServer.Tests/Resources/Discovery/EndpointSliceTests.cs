using Coxswain.ApiServer.Resources.Discovery;

namespace Coxswain.ApiServer.Tests.Resources.Discovery;

public sealed class EndpointSliceTests
{
    private static readonly EndpointSlice Kind = new();

    [Theory]
    [InlineData("IPv4", "fd00::1", "endpoints[0].addresses[0]: Invalid value: \"fd00::1\": must be an IPv4 address")]
    [InlineData("IPv6", "10.0.0.1", "endpoints[0].addresses[0]: Invalid value: \"10.0.0.1\": must be an IPv6 address")]
    [InlineData("IPv4", "127.0.0.1", "endpoints[0].addresses[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    [InlineData("FQDN", "localhost", "endpoints[0].addresses[0]: Invalid value: \"localhost\": should be a domain with at least two segments separated by dots")]
    [InlineData("FQDN", "a.example.org.", "")]
    public void Validate_Address_FitsTheType(string type, string address, string faults) => Assert.Equal(faults, string.Join(';',
        Written.Faults(Kind, $$"""{"metadata":{"name":"s"},"addressType":"{{type}}","endpoints":[{"addresses":["{{address}}"]}]}""")));

    [Fact]
    public void Validate_RepeatedPortNames_AreDuplicates() => Assert.Equal(["ports[1].name: Duplicate value: \"\""],
        Written.Faults(Kind, """{"metadata":{"name":"s"},"addressType":"IPv4","endpoints":[],"ports":[{"port":1},{"port":2}]}"""));

    [Fact]
    public void Validate_TooManyZones_AreCounted() => Assert.Equal(["endpoints[0].hints.forZones: Too many: 9: must have at most 8 items"],
        Written.Faults(Kind, """{"metadata":{"name":"s"},"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"hints":{"forZones":[ZONES]}}]}"""
            .Replace("ZONES", string.Join(',', Enumerable.Range(0, 9).Select(i => $$"""{"name":"z{{i}}"}""")), StringComparison.Ordinal)));

    [Fact]
    public void ValidateUpdate_OtherAddressType_IsImmutable() => Assert.Equal(["addressType: Invalid value: \"IPv6\": field is immutable"],
        Written.UpdateFaults(Kind, """{"metadata":{"name":"s"},"addressType":"IPv4","endpoints":[]}""", """{"metadata":{"name":"s"},"addressType":"IPv6","endpoints":[]}"""));

    [Theory]
    [InlineData("""{"metadata":{"name":"s","annotations":{"a":"b"}},"addressType":"IPv4","endpoints":[]}""", 1)]
    [InlineData("""{"metadata":{"name":"s","labels":{"a":"b"}},"addressType":"IPv4","endpoints":[]}""", 2)]
    [InlineData("""{"metadata":{"name":"s"},"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}]}""", 2)]
    public void PrepareForUpdate_Generation_CountsContentsAndLabels(string json, long generation)
    {
        var old = Written.Created(Kind, """{"metadata":{"name":"s"},"addressType":"IPv4","endpoints":[]}""");
        Assert.Equal(generation, Written.Updated(Kind, old, json).Metadata.Generation);
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"s"},"addressType":"IPv4","endpoints":[]}""", "s | IPv4 | <unset> | <unset> | <unknown>")]
    [InlineData("""{"metadata":{"name":"s"},"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]},{"addresses":["10.0.0.2"]}],"ports":[{"name":"a","port":80},{"name":"b"}]}""",
        "s | IPv4 | 80,b | 10.0.0.1,10.0.0.2 | <unknown>")]
    public void Row_ShowsPortsAndAddresses(string json, string row) => Assert.Equal(row, Written.Row(Kind, json));
}
