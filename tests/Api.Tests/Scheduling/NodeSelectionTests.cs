using k8s.Models;

namespace Coxswain.Api.Tests.Scheduling;

public sealed class NodeSelectionTests
{
    private static readonly V1Node Node = new() { Metadata = new V1ObjectMeta { Name = "n1", Labels = new Dictionary<string, string> { ["disk"] = "ssd", ["cores"] = "8" } } };

    [Theory]
    [InlineData("disk", "In", "ssd", true)]
    [InlineData("disk", "In", "hdd", false)]
    [InlineData("disk", "NotIn", "hdd", true)]
    [InlineData("none", "NotIn", "hdd", true)]
    [InlineData("disk", "Exists", null, true)]
    [InlineData("none", "DoesNotExist", null, true)]
    [InlineData("cores", "Gt", "4", true)]
    [InlineData("cores", "Lt", "4", false)]
    [InlineData("disk", "Gt", "4", false)] // no number
    public void Matches_Expression_AsItsOperatorSays(string key, string op, string? value, bool expected)
    {
        var term = new V1NodeSelectorTerm { MatchExpressions = [new V1NodeSelectorRequirement { Key = key, OperatorProperty = op, Values = value is null ? null : [value] }] };

        Assert.Equal(expected, NodeSelection.Matches(term, Node));
    }

    [Fact]
    public void MatchesAny_EmptyTerm_MatchesNothing() => Assert.False(NodeSelection.MatchesAny([new V1NodeSelectorTerm()], Node));

    [Fact]
    public void Matches_SelectorAndAffinity_BothMustHold()
    {
        var spec = new V1PodSpec
        {
            NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" },
            Affinity = new V1Affinity
            {
                NodeAffinity = new V1NodeAffinity
                {
                    RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector
                    {
                        NodeSelectorTerms = [new V1NodeSelectorTerm { MatchFields = [new V1NodeSelectorRequirement { Key = "metadata.name", OperatorProperty = "In", Values = ["n1"] }] }],
                    },
                },
            },
        };

        Assert.True(NodeSelection.Matches(spec, Node));
        Assert.False(NodeSelection.Matches(spec, Node with { Metadata = Node.Metadata with { Name = "n2" } }));
        Assert.False(NodeSelection.Matches(spec, Node with { Metadata = Node.Metadata with { Labels = null } }));
    }
}
