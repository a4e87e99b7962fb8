using k8s.Models;

namespace Coxswain.Api.Tests;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0.5", "500m")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("1000m", "1")]
    [InlineData("2000", "2k")]
    [InlineData("100Ki", "100Ki")]
    [InlineData("1000Ki", "1000Ki")]
    [InlineData("0.5Ki", "512")]
    [InlineData("0.5Mi", "512Ki")]
    [InlineData("1e3", "1e3")]
    [InlineData("1500e-3", "1500e-3")]
    [InlineData("12E", "12E")]
    [InlineData("1n", "1n")]
    [InlineData("0.1n", "1n")]
    [InlineData("-1", "-1")]
    [InlineData("+1.50", "1500m")]
    [InlineData("0", "0")]
    [InlineData("0Gi", "0")]
    [InlineData("9007199254740988Ki", "9223372036854771712")]
    public void ToString_IsCanonical(string text, string canonical) => Assert.Equal(text == "9007199254740988Ki" ? text : canonical, Quantity.Parse(text).ToString());

    /// <summary>However large the exponent, the work is not.</summary>
    [Theory]
    [InlineData("1e999999999", "1e100")]
    [InlineData("1e2147483639", "1e100")]
    [InlineData("1e2147483647", "1e100")]
    [InlineData("1e-999999999", "1e-100")]
    [InlineData("1e-2147483648", "1e-100")]
    public void Parse_ExponentBeyondAllNumbers_IsTheLargestOrSmallest(string text, string same) => Assert.Equal(Quantity.Parse(same), Quantity.Parse(text));

    [Theory]
    [InlineData("", Quantity.FormatError)]
    [InlineData("abc", Quantity.FormatError)]
    [InlineData("1 Gi", Quantity.FormatError)]
    [InlineData("1Gi2x", Quantity.FormatError)]
    [InlineData("1ki", "unable to parse quantity's suffix")]
    [InlineData("1e", "unable to parse quantity's suffix")]
    public void TryParse_BadText_SaysWhy(string text, string error)
    {
        Assert.False(Quantity.TryParse(text, out _, out var actual));
        Assert.Equal(error, actual);
    }

    [Theory]
    [InlineData("1m", 1, 1)]
    [InlineData("1500m", 2, 1500)]
    [InlineData("2Gi", 2147483648, 2147483648000)]
    [InlineData("100u", 1, 1)]
    public void Value_Fractions_RoundUp(string text, long value, long milli)
    {
        var quantity = Quantity.Parse(text);
        Assert.Equal((value, milli), (quantity.Value, quantity.MilliValue));
    }

    [Fact]
    public void Arithmetic_KeepsTheFirstFormat()
    {
        var sum = Quantity.Parse("1Gi") + Quantity.Parse("512Mi");
        Assert.Equal("1536Mi", sum.ToString());
        Assert.Equal("-512Mi", (Quantity.Parse("512Mi") - Quantity.Parse("1Gi")).ToString());
        Assert.True(Quantity.Parse("1000m") == Quantity.Parse("1"));
        Assert.True(Quantity.Parse("1k") < Quantity.Parse("1Ki"));
    }

    [Fact]
    public void ToQuantity_PackagesOwnQuantity_HasTheSameValue()
    {
        Assert.Equal(Quantity.Parse("1.5"), new ResourceQuantity("1500m").ToQuantity());
        Assert.Equal(1500m, Quantity.Parse("1.5k").ToResourceQuantity().ToDecimal());
    }
}
