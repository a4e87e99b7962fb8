using Coxswain.Api;
using Coxswain.ApiServer.Resources.Core;

namespace Coxswain.ApiServer.Tests.Resources.Core;

public sealed class ResourceQuotaTests
{
    private const string NotStandard = "must be a standard resource for quota";
    private const string MustExist = "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
        + "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
    private static readonly ResourceQuota Kind = new();

    private static string Quota(string spec) => $$"""{"metadata":{"name":"q"},"spec":{{spec}}}""";

    private static IReadOnlyList<string> Faults(string spec)
    {
        var errors = new FieldErrors();
        Kind.ValidateObjectCreate(Written.Created(Kind, Quota(spec)), errors);
        return [.. errors.Select(e => e.ToString())];
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("limits.ephemeral-storage")]
    [InlineData("services.nodeports")]
    [InlineData("requests.storage")]
    [InlineData("persistentvolumeclaims")]
    [InlineData("hugepages-2Mi")]
    [InlineData("requests.hugepages-2Mi")]
    [InlineData("count/deployments.apps")]
    [InlineData("requests.example.com/gpu")]
    public void Validate_KnownName_IsTaken(string name) => Assert.Empty(Faults($$$"""{"hard":{"{{{name}}}":"1"}}"""));

    [Fact]
    public void Validate_OtherNames_AreRefused() => Assert.Equal(
        [
            "spec.hard[nonsense]: Invalid value: \"nonsense\": must be a standard resource type or fully qualified",
            $"spec.hard[nonsense]: Invalid value: \"nonsense\": {NotStandard}",
            $"spec.hard[storage]: Invalid value: \"storage\": {NotStandard}",
        ],
        Faults("""{"hard":{"storage":"1","nonsense":"1"}}"""));

    [Fact]
    public void Validate_Amounts_AreWholeAndNotNegative() => Assert.Equal(
        [
            "spec.hard[count/configmaps]: Invalid value: \"1500m\": must be an integer",
            "spec.hard[cpu]: Invalid value: \"-1\": must be greater than or equal to 0",
            "spec.hard[services.nodeports]: Invalid value: \"500m\": must be an integer",
        ],
        Faults("""{"hard":{"cpu":"-1","count/configmaps":"1.5","services.nodeports":"0.5"}}"""));

    [Fact]
    public void Validate_Scopes_AreKnownMeetTheResourcesAndDoNotConflict() => Assert.Equal(
        [
            "spec.scopes: Invalid value: [\"Nope\",\"BestEffort\",\"NotBestEffort\",\"Terminating\",\"NotTerminating\",\"VolumeAttributesClass\"]: unsupported scope",
            .. Enumerable.Repeat("spec.scopes: Invalid value: [\"Nope\",\"BestEffort\",\"NotBestEffort\",\"Terminating\",\"NotTerminating\",\"VolumeAttributesClass\"]: unsupported scope applied to resource", 7),
            .. Enumerable.Repeat("spec.scopes: Invalid value: [\"Nope\",\"BestEffort\",\"NotBestEffort\",\"Terminating\",\"NotTerminating\",\"VolumeAttributesClass\"]: conflicting scopes", 2),
        ],
        // secrets fits none of the five, cpu neither BestEffort nor VolumeAttributesClass; count/x is nobody's
        Faults("""{"hard":{"secrets":"1","cpu":"1","count/x":"1"},"scopes":["Nope","BestEffort","NotBestEffort","Terminating","NotTerminating","VolumeAttributesClass"]}"""));

    [Fact]
    public void Validate_ScopeSelector_IsCheckedRequirementByRequirement()
    {
        var path = "spec.scopeSelector.matchExpressions";
        Assert.Equal(
            [
                $"{path}.scopeName: Invalid value: \"Nope\": unsupported scope",
                $"{path}.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
                $"{path}.operator: Invalid value: \"In\": {MustExist}",
                $"{path}.values: Invalid value: [\"x\"]: must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
                $"{path}.operator: Invalid value: \"Like\": not a valid selector operator",
            ],
            Faults("""
                {"hard":{"pods":"1"},"scopeSelector":{"matchExpressions":[{"scopeName":"Nope","operator":"In"},{"scopeName":"BestEffort","operator":"In","values":["x"]},
                {"scopeName":"PriorityClass","operator":"DoesNotExist","values":["x"]},{"scopeName":"PriorityClass","operator":"Like"}]}}
                """));
        Assert.Equal([$"{path}: Invalid value: {{\"MatchExpressions\":[{{\"ScopeName\":\"PriorityClass\",\"Operator\":\"Exists\",\"Values\":null}}]}}: unsupported scope applied to resource"],
            Faults("""{"hard":{"secrets":"1"},"scopeSelector":{"matchExpressions":[{"scopeName":"PriorityClass","operator":"Exists"}]}}"""));
        Assert.Equal([$"{path}: Invalid value: null: conflicting scopes"],
            Faults("""{"scopeSelector":{"matchExpressions":[{"scopeName":"BestEffort","operator":"Exists"},{"scopeName":"NotBestEffort","operator":"Exists"}]}}"""));
    }

    [Fact]
    public void ValidateUpdate_Scopes_AreImmutableUpToTheirOrder()
    {
        var old = Quota("""{"hard":{"pods":"1"},"scopes":["BestEffort","Terminating"]}""");
        Assert.Empty(Written.UpdateFaults(Kind, old, Quota("""{"hard":{"pods":"2"},"scopes":["Terminating","BestEffort"]}""")));
        Assert.Equal(["spec.scopes: Invalid value: [\"Terminating\"]: field is immutable"], Written.UpdateFaults(Kind, old, Quota("""{"hard":{"pods":"2"},"scopes":["Terminating"]}""")));
        Assert.Equal(["spec.scopes: Invalid value: null: field is immutable"], Written.UpdateFaults(Kind, old, Quota("""{"hard":{"pods":"2"}}""")));
    }

    [Fact]
    public void ValidateStatusUpdate_NamesAndAmounts_AreChecked() => Assert.Equal(
        [
            "status.hard[pods]: Invalid value: \"1500m\": must be an integer",
            "status.used[x]: Invalid value: \"x\": must be a standard resource type or fully qualified",
            $"status.used[x]: Invalid value: \"x\": {NotStandard}",
        ],
        Written.StatusFaults(Kind, """{"metadata":{"name":"q"},"status":{"hard":{"pods":"1.5"},"used":{"x":"1"}}}"""));

    [Fact]
    public void Writes_OfTheSpec_LeaveTheStatusAloneAndTheOtherWayRound()
    {
        const string Whole = """{"metadata":{"name":"q"},"spec":{"hard":{"pods":"1"}},"status":{"hard":{"pods":"1"},"used":{"pods":"1"}}}""";
        Assert.Null(Written.Created(Kind, Whole).Status.Hard);
        var old = Written.Object(Kind, Whole);
        var updated = Written.Updated(Kind, old, Quota("""{"hard":{"pods":"2"}}"""));
        Assert.Equal(("2", "1"), (updated.Spec.Hard["pods"].ToString(), updated.Status.Used["pods"].ToString()));
        var status = Written.Object(Kind, """{"metadata":{"name":"q"},"spec":{"hard":{"pods":"9"}},"status":{"hard":{"pods":"3"}}}""");
        Kind.PrepareObjectForStatusUpdate(status, old);
        Assert.Equal(("1", "3"), (status.Spec.Hard["pods"].ToString(), status.Status.Hard["pods"].ToString()));
    }

    [Fact]
    public void Row_ShowsUsedOfHardWithLimitsApart() => Assert.Equal(
        "q | count/configmaps: 1/2, requests.cpu: 1500m/2 | limits.cpu: 0/4, limits.memory: 64Mi/1Gi | 5m",
        Written.Row(Kind, """
            {"metadata":{"name":"q","creationTimestamp":"2026-03-04T11:55:00Z"},"status":{
            "hard":{"limits.memory":"1Gi","limits.cpu":"4","requests.cpu":"2","count/configmaps":"2"},"used":{"limits.memory":"64Mi","requests.cpu":"1.5","count/configmaps":"1"}}}
            """));
}
