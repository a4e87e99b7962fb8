using Coxswain.ApiServer.Resources.Core.Services;

namespace Coxswain.ApiServer.Tests.Resources.Core.Services;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("10.43.5.0/16", "10.43.0.0/16", 65534, "10.43.1.2")]
    [InlineData("fd00::/112", "fd00::/112", 65535, "fd00::102")]
    [InlineData("10.0.0.0/8", "10.0.0.0/8", 1048574, "10.0.1.2")]
    public void Parse_Cidr_CountsItsPlaces(string cidr, string network, int last, string place258)
    {
        var range = AddressRange.Parse(cidr);
        Assert.Equal((network, last, place258), (range.Cidr, range.Last, range[258]));
        Assert.Equal(258, range.PlaceOf(place258));
    }

    [Theory]
    [InlineData("10.44.0.1")]
    [InlineData("fd00::1")]
    [InlineData("nonsense")]
    public void PlaceOf_AnotherNetwork_IsNone(string address) => Assert.Null(AddressRange.Parse("10.43.0.0/16").PlaceOf(address));

    [Theory]
    [InlineData("10.43.0.0")]
    [InlineData("10.43.0.0/30")]
    public void Parse_NotEnough_Throws(string cidr) => Assert.Throws<ArgumentException>(() => AddressRange.Parse(cidr));
}
