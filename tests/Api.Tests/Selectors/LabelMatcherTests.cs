using k8s.Models;

namespace Coxswain.Api.Tests.Selectors;

public sealed class LabelMatcherTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "web", ["tier"] = "front" };

    [Fact]
    public void Matches_NullSelector_Nothing() => Assert.False(LabelMatcher.From(null).Matches(Labels));

    [Fact]
    public void Matches_EmptySelector_Everything() => Assert.True(LabelMatcher.From(new V1LabelSelector()).Matches(null));

    [Fact]
    public void Matches_EmptyMap_Nothing() => Assert.False(LabelMatcher.FromMap(new Dictionary<string, string>()).Matches(Labels));

    [Theory]
    [InlineData("app", "In", "web", true)]
    [InlineData("app", "NotIn", "web", false)]
    [InlineData("none", "NotIn", "web", true)]
    [InlineData("none", "Exists", null, false)]
    [InlineData("none", "DoesNotExist", null, true)]
    public void Matches_Expression_BesideTheLabels(string key, string op, string? value, bool expected)
    {
        var selector = new V1LabelSelector
        {
            MatchLabels = new Dictionary<string, string> { ["tier"] = "front" },
            MatchExpressions = [new V1LabelSelectorRequirement { Key = key, OperatorProperty = op, Values = value is null ? null : [value] }],
        };

        Assert.Equal(expected, LabelMatcher.From(selector).Matches(Labels));
        Assert.False(LabelMatcher.From(selector).Matches(new Dictionary<string, string> { ["tier"] = "back" }));
    }
}
