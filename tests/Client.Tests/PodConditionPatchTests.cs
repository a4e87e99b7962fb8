using System.Text;
using k8s.Models;

namespace Coxswain.Client.Tests;

public sealed class PodConditionPatchTests
{
    private static readonly V1Pod Pod = new() { Metadata = new V1ObjectMeta { Name = "web", Uid = "u" } };

    [Fact]
    public void Of_Condition_NamesThePodsUidAndOnlyWhatIsSet() => Assert.Equal(
        """{"metadata":{"uid":"u"},"status":{"conditions":[{"type":"Ready","status":"False","lastTransitionTime":"2026-01-02T03:04:05Z"}]}}""",
        Text(PodConditionPatch.Of(Pod, new V1PodCondition { Type = "Ready", Status = "False", LastTransitionTime = new DateTime(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc) })));

    [Fact]
    public void Of_ConditionWithEverythingAndPhase_HasItAll() => Assert.Equal(
        """{"metadata":{"uid":"u"},"status":{"phase":"Failed","conditions":[{"type":"DisruptionTarget","status":"True","reason":"R","message":"m","observedGeneration":3}]}}""",
        Text(PodConditionPatch.Of(Pod, new V1PodCondition { Type = "DisruptionTarget", Status = "True", Reason = "R", Message = "m", ObservedGeneration = 3 }, phase: "Failed")));

    private static string Text(Patch patch) => Encoding.UTF8.GetString(patch.Body.Span);
}
