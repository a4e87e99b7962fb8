using Coxswain.ApiServer.Resources.Apps;

namespace Coxswain.ApiServer.Tests.Resources.Apps;

public sealed class ReplicaSetTests
{
    private const string Template = """ "template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}} """;
    private static readonly ReplicaSet Kind = new();

    [Theory]
    [InlineData("{}", "spec.selector: Invalid value: {}: empty selector is invalid for deployment")]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"Exists","values":["x"]}]}""",
        "spec.selector.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist';spec.selector: Invalid value: {\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"Exists\",\"values\":[\"x\"]}]}: invalid label selector")]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"NotIn","values":["x"]}]}""", "spec.template.metadata.labels: Invalid value: {\"app\":\"x\"}: `selector` does not match template `labels`")]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"Exists"}]}""", "")]
    public void Validate_Selector_MustFindTheTemplate(string selector, string faults) =>
        Assert.Equal(faults, string.Join(';', Written.Faults(Kind, $$$$"""{"metadata":{"name":"r"},"spec":{"selector":{{{{selector}}}},{{{{Template}}}}}}""")));

    [Fact]
    public void Validate_NegativeNumbers_AreRefused() => Assert.Equal(
        ["spec.replicas: Invalid value: -1: must be greater than or equal to 0", "spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0"],
        Written.Faults(Kind, $$$$"""{"metadata":{"name":"r"},"spec":{"replicas":-1,"minReadySeconds":-2,"selector":{"matchLabels":{"app":"x"}},{{{{Template}}}}}}"""));

    [Fact]
    public void Row_ShowsNumbersAndSelector() => Assert.Equal("r | 2 | 1 | 0 | <unknown> | c | i | app in (x,y),!z",
        Written.Row(Kind, $$$"""{"metadata":{"name":"r"},"spec":{"replicas":2,"selector":{"matchExpressions":[{"key":"z","operator":"DoesNotExist"},{"key":"app","operator":"In","values":["y","x"]}]},{{{Template}}}},"status":{"replicas":1}}"""));
}
