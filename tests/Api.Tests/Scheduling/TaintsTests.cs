using k8s.Models;

namespace Coxswain.Api.Tests.Scheduling;

public sealed class TaintsTests
{
    [Theory]
    [InlineData("k", "Equal", "v", "NoSchedule", true)]
    [InlineData("k", null, "v", null, true)] // no effect: every effect
    [InlineData("k", "Exists", null, "NoSchedule", true)]
    [InlineData(null, "Exists", null, null, true)] // everything
    [InlineData("k", "Equal", "other", "NoSchedule", false)]
    [InlineData("k", "Exists", null, "NoExecute", false)]
    [InlineData("other", "Exists", null, null, false)]
    public void Tolerates_KeyOperatorValueEffect_AllMustFit(string? key, string? op, string? value, string? effect, bool expected)
    {
        var taint = new V1Taint { Key = "k", Value = "v", Effect = "NoSchedule" };

        Assert.Equal(expected, Taints.Tolerates(new V1Toleration { Key = key, OperatorProperty = op, Value = value, Effect = effect }, taint));
    }

    [Fact]
    public void FirstUntolerated_OtherEffects_DoNotCount()
    {
        IList<V1Taint> taints = [new V1Taint { Key = "soft", Effect = "PreferNoSchedule" }, new V1Taint { Key = "hard", Effect = "NoExecute" }];

        Assert.Null(Taints.FirstUntolerated(taints, null, Taints.NoSchedule));
        Assert.Equal("hard", Taints.FirstUntolerated(taints, null, Taints.NoSchedule, Taints.NoExecute)!.Key);
    }
}
