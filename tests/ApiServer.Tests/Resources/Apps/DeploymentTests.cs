using Coxswain.ApiServer.Resources.Apps;

namespace Coxswain.ApiServer.Tests.Resources.Apps;

public sealed class DeploymentTests
{
    private const string Rest = """ "selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}} """;
    private static readonly Deployment Kind = new();

    [Fact]
    public void Default_Minimal_GetsTheUsualNumbers()
    {
        var spec = Written.Object(Kind, Json()).Spec;
        Assert.Equal((1, 10, 600, "RollingUpdate", "25%", "25%"),
            (spec.Replicas, spec.RevisionHistoryLimit, spec.ProgressDeadlineSeconds, spec.Strategy.Type, spec.Strategy.RollingUpdate.MaxSurge.Value, spec.Strategy.RollingUpdate.MaxUnavailable.Value));
    }

    [Theory]
    [InlineData("""{"type":"Recreate","rollingUpdate":{"maxSurge":1}}""", "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'")]
    [InlineData("""{"type":"Odd"}""", "spec.strategy: Unsupported value: {\"Type\":\"Odd\",\"RollingUpdate\":null}: supported values: \"Recreate\", \"RollingUpdate\"")]
    [InlineData("""{"rollingUpdate":{"maxSurge":0,"maxUnavailable":"0%"}}""", "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": may not be 0 when `maxSurge` is 0")]
    [InlineData("""{"rollingUpdate":{"maxUnavailable":"101%"}}""", "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%")]
    [InlineData("""{"rollingUpdate":{"maxSurge":-1}}""", "spec.strategy.rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal to 0")]
    public void Validate_Strategy_IsChecked(string strategy, string fault) => Assert.Equal([fault], Written.Faults(Kind, Json($""","strategy":{strategy}""")));

    [Fact]
    public void Validate_DeadlineBelowMinReady_IsRefused() => Assert.Equal(
        ["spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds"], Written.Faults(Kind, Json(""","minReadySeconds":5,"progressDeadlineSeconds":5""")));

    [Fact]
    public void Validate_PodsThatEnd_AreNotSupported() => Assert.Equal(
        ["spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"", "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported"],
        Written.Faults(Kind, """{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":1,"containers":[{"name":"c","image":"i"}]}}}}"""));

    [Fact]
    public void ValidateUpdate_OtherSelector_IsImmutable() => Assert.Equal(
        ["spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"x\",\"b\":\"c\"}}: field is immutable"],
        Written.UpdateFaults(Kind, Json(), """{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"b":"c","app":"x"}},"template":{"metadata":{"labels":{"app":"x","b":"c"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}"""));

    [Theory]
    [InlineData(""","paused":true""", "{}", 2)]
    [InlineData("", """{"note":"n"}""", 2)]
    [InlineData("", "{}", 1)]
    public void PrepareForUpdate_Generation_CountsSpecAndAnnotations(string more, string annotations, long generation)
    {
        var old = Written.Created(Kind, Json());
        var value = Written.Updated(Kind, old, $$$$"""{"metadata":{"name":"d","annotations":{{{{annotations}}}},"generation":77},"spec":{{{{{Rest}}}}{{{{more}}}}},"status":{"replicas":9}}""");
        Assert.Equal(generation, value.Metadata.Generation);
        Assert.Null(value.Status.Replicas);
    }

    [Fact]
    public void PrepareForStatusUpdate_Spec_IsLeftAlone()
    {
        var old = Written.Created(Kind, Json());
        var value = Written.Object(Kind, $$$$"""{"metadata":{"name":"d","labels":{"l":"v"}},"spec":{{{{{Rest}}}},"replicas":9},"status":{"replicas":3}}""");
        Kind.PrepareObjectForStatusUpdate(value, old);
        Assert.Equal((1, 3, 1L), (value.Spec.Replicas, value.Status.Replicas, value.Metadata.Generation));
        Assert.Null(value.Metadata.Labels);
    }

    [Fact]
    public void Scale_ReadsAndWrites()
    {
        var value = Written.Object(Kind, Json(""","replicas":3"""));
        var scale = Kind.ScaleAccess!;
        Assert.Equal((3, 0, "app=x"), (scale.Read(value).Spec.Replicas, scale.Read(value).Status.Replicas, scale.Read(value).Status.Selector));
        scale.Write(value, 5);
        Assert.Equal(5, value.Spec.Replicas);
    }

    [Fact]
    public void Warnings_NameWithDots_IsSaidToSurprise() => Assert.StartsWith(
        "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [a lowercase RFC 1123 label must consist of",
        Assert.Single(Written.Warnings(Kind, Json().Replace("\"d\"", "\"d.e\"", StringComparison.Ordinal))), StringComparison.Ordinal);

    [Fact]
    public void Row_ReadyOfDesired() => Assert.Equal("d | 3/5 | 4 | 3 | <unknown> | c | i | app=x",
        Written.Row(Kind, $$$$"""{"metadata":{"name":"d"},"spec":{{{{{Rest}}}},"replicas":5},"status":{"replicas":5,"readyReplicas":3,"updatedReplicas":4,"availableReplicas":3}}"""));

    private static string Json(string more = "") => $$$$"""{"metadata":{"name":"d"},"spec":{{{{{Rest}}}}{{{{more}}}}}}""";
}
