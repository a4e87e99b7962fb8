using Coxswain.ApiServer.Resources.Apps;

namespace Coxswain.ApiServer.Tests.Resources.Apps;

public sealed class DaemonSetTests
{
    private const string TemplateGeneration = "deprecated.daemonset.template.generation";
    private static readonly DaemonSet Kind = new();

    [Fact]
    public void PrepareForUpdate_TemplateGeneration_CountsTemplateChangesOnly()
    {
        var first = Written.Created(Kind, Json("i", ""));
        Assert.Equal("1", first.Metadata.Annotations[TemplateGeneration]);
        var second = Written.Updated(Kind, first, Json("i", ""","minReadySeconds":3"""));
        Assert.Equal(("1", 2L), (second.Metadata.Annotations[TemplateGeneration], second.Metadata.Generation));
        var third = Written.Updated(Kind, second, Json("j", ""","minReadySeconds":3"""));
        Assert.Equal(("2", 3L), (third.Metadata.Annotations[TemplateGeneration], third.Metadata.Generation));
    }

    [Theory]
    [InlineData("""{"rollingUpdate":{"maxUnavailable":1,"maxSurge":1}}""", "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero")]
    [InlineData("""{"rollingUpdate":{"maxUnavailable":0}}""", "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0")]
    [InlineData("""{"type":"OnDelete"}""", "")]
    public void Validate_UpdateStrategy_ChoosesOneOfTwo(string strategy, string faults) =>
        Assert.Equal(faults, string.Join(';', Written.Faults(Kind, Json("i", $""","updateStrategy":{strategy}"""))));

    [Fact]
    public void Validate_EmptySelector_IsRefused() => Assert.Equal(["spec.selector: Invalid value: {}: empty selector is invalid for daemonset"],
        Written.Faults(Kind, """{"metadata":{"name":"d"},"spec":{"selector":{},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}"""));

    [Fact]
    public void Row_ShowsCountsAndNodeSelector() => Assert.Equal("d | 3 | 2 | 1 | 2 | 1 | disk=ssd | <unknown> | c | i | app=x",
        Written.Row(Kind, """
            {"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"nodeSelector":{"disk":"ssd"},"containers":[{"name":"c","image":"i"}]}}},
             "status":{"desiredNumberScheduled":3,"currentNumberScheduled":2,"numberReady":1,"updatedNumberScheduled":2,"numberAvailable":1,"numberMisscheduled":0}}
            """));

    private static string Json(string image, string more) =>
        $$$$"""{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"{{{{image}}}}"}]}}{{{{more}}}}}}""";
}
