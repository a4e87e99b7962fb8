using k8s.Models;

namespace Coxswain.Api.Tests.Json;

public sealed class IntOrStringTests
{
    [Theory]
    [InlineData("3", 10, true, 3)]
    [InlineData("25%", 10, true, 3)]
    [InlineData("25%", 10, false, 2)]
    [InlineData("100%", 7, false, 7)]
    [InlineData("0%", 7, true, 0)]
    [InlineData("some", 10, true, null)]
    public void ScaledValue_CountOrPercentage_IsOfTheTotal(string value, int total, bool roundUp, int? scaled) => Assert.Equal(scaled, ((IntOrString)value).ScaledValue(total, roundUp));
}
