using k8s.Models;

namespace Coxswain.Api.Tests.Validation;

public sealed class GoJsonTests
{
    [Fact]
    public void Text_Special_IsEscapedAsGoDoes() => Assert.Equal("\"a\\\"\\u003cb\\u003e\\u0026\\n\\u0001é\"", GoJson.Text("a\"<b>&\n\u0001é").ToString());

    [Fact]
    public void Quote_Special_IsEscapedAsFmtDoes() => Assert.Equal("\"a\\\"<b>&\\n\\x01\\aé\"", GoText.Quote("a\"<b>&\n\u0001\aé"));

    [Fact]
    public void Map_Keys_AreSorted() => Assert.Equal("{\"a\":\"1\",\"b\":\"2\"}", GoJson.Map(new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" }).ToString());

    [Fact]
    public void Map_None_IsNull() => Assert.Equal("null", GoJson.Map(null).ToString());

    [Fact]
    public void Selector_Parts_AreLeftOutWhenEmpty()
    {
        var selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string>(), MatchExpressions = [new V1LabelSelectorRequirement { Key = "k", OperatorProperty = "In", Values = ["v"] }] };
        Assert.Equal("{\"matchExpressions\":[{\"key\":\"k\",\"operator\":\"In\",\"values\":[\"v\"]}]}", GoJson.Selector(selector).ToString());
    }

    [Theory]
    [InlineData("5", "5")]
    [InlineData("5%", "\"5%\"")]
    public void IntOrString_KeepsWhichItIs(string value, string json) => Assert.Equal(json, GoJson.IntOrString(value).ToString());
}
