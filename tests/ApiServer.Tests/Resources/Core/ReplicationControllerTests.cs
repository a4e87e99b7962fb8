using Coxswain.ApiServer.Resources.Core;

namespace Coxswain.ApiServer.Tests.Resources.Core;

public sealed class ReplicationControllerTests
{
    private const string Template = """{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}}""";
    private static readonly ReplicationController Kind = new();

    [Fact]
    public void Default_SelectorAndLabels_ComeFromTheTemplate()
    {
        var rc = Written.Object(Kind, $$$$"""{"metadata":{"name":"r"},"spec":{"template":{{{{Template}}}}}}""");
        Assert.Equal("x", rc.Spec.Selector["app"]);
        Assert.Equal("x", rc.Metadata.Labels["app"]);
        Assert.Equal(1, rc.Spec.Replicas);
    }

    [Fact]
    public void Validate_Empty_NeedsSelectorAndTemplate() =>
        Assert.Equal(["spec.selector: Required value", "spec.template: Required value"], Written.Faults(Kind, """{"metadata":{"name":"r"}}"""));

    [Fact]
    public void Validate_SelectorOfOtherPods_DoesNotMatch() => Assert.Equal(
        ["spec.template.metadata.labels: Invalid value: {\"app\":\"x\"}: `selector` does not match template `labels`"],
        Written.Faults(Kind, $$$$"""{"metadata":{"name":"r"},"spec":{"selector":{"app":"y"},"template":{{{{Template}}}}}}"""));

    [Fact]
    public void ValidateStatusUpdate_MoreReadyThanThere_IsRefused() => Assert.Equal(
        ["status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas"],
        Written.StatusFaults(Kind, $$$$"""{"metadata":{"name":"r"},"spec":{"template":{{{{Template}}}}},"status":{"replicas":1,"readyReplicas":2}}"""));

    [Fact]
    public void ValidateName_TooLong_CountsBytes() => Assert.Equal(["must be no more than 253 bytes"], Kind.ValidateName(new string('a', 254), false));
}
