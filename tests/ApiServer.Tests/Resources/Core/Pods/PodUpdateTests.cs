using Coxswain.ApiServer.Resources.Core;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Resources.Core.Pods;

public sealed class PodUpdateTests
{
    private const string Rule = "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
        + "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n";

    private static readonly Pod Kind = new();

    [Theory]
    [InlineData("", "\"activeDeadlineSeconds\":5")]
    [InlineData("\"activeDeadlineSeconds\":9", "\"activeDeadlineSeconds\":5")]
    [InlineData("\"tolerations\":[{\"operator\":\"Exists\",\"effect\":\"NoExecute\",\"tolerationSeconds\":1}]", "\"tolerations\":[{\"key\":\"x\"},{\"operator\":\"Exists\",\"effect\":\"NoExecute\",\"tolerationSeconds\":2}]")]
    [InlineData("\"terminationGracePeriodSeconds\":-3", "\"terminationGracePeriodSeconds\":1")]
    [InlineData("\"schedulingGates\":[{\"name\":\"a\"}]", "\"nodeSelector\":{\"a\":\"b\"}")]
    public void Update_WhatMayChange_IsTaken(string before, string after) => Assert.Empty(Faults(before, after));

    [Theory]
    [InlineData("\"activeDeadlineSeconds\":5", "\"activeDeadlineSeconds\":9", "spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value")]
    [InlineData("\"activeDeadlineSeconds\":5", "", "spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value")]
    [InlineData("\"tolerations\":[{\"key\":\"a\"}]", "\"tolerations\":[{\"key\":\"b\"}]", "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds")]
    [InlineData("", "\"schedulingGates\":[{\"name\":\"g\"}]", "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'")]
    [InlineData("", "\"initContainers\":[{\"name\":\"i\",\"image\":\"i\"}]", "spec.initContainers: Forbidden: pod updates may not add or remove containers")]
    public void Update_WhatMayNotChange_IsForbidden(string before, string after, string fault) => Assert.Equal([fault], Faults(before, after));

    /// <summary>The diff is of the spec as upstream holds it inside: other names and another order than on the wire, every field there.</summary>
    [Fact]
    public void Update_WhatMayNotChange_IsShownAsAUnifiedDiff()
    {
        var diff = """
            @@ -42,7 +42,7 @@
               "NodeSelector": null,
               "ServiceAccountName": "",
               "AutomountServiceAccountToken": null,
            -  "NodeName": "",
            +  "NodeName": "n",
               "SecurityContext": {
                 "HostNetwork": false,
                 "HostPID": false,

            """;

        Assert.Equal([Rule + diff], Faults("", "\"nodeName\":\"n\""));
    }

    [Fact]
    public void Update_OfSeveralFields_HasAHunkForEach()
    {
        var fault = Assert.Single(Faults("\"hostname\":\"a\"", "\"hostname\":\"b\",\"hostNetwork\":true"));

        Assert.Contains("-    \"HostNetwork\": false,\n+    \"HostNetwork\": true,\n", fault, StringComparison.Ordinal);
        Assert.Contains("-  \"Hostname\": \"a\",\n+  \"Hostname\": \"b\",\n", fault, StringComparison.Ordinal);
        Assert.Equal(2, fault.Split("@@ -").Length - 1);
    }

    [Fact]
    public void Update_Image_BumpsTheGenerationAndLeavesStatusAlone()
    {
        var old = Written.Created(Kind, Body("", "a:1"));
        old.Status.Phase = "Running";
        var pod = Written.Updated(Kind, old, Body("", "a:2"));
        Assert.Equal((2L, "Running"), (pod.Metadata.Generation!.Value, pod.Status.Phase));
    }

    [Fact]
    public void StatusUpdate_OfATerminatingPod_KeepsItsMark()
    {
        var old = Written.Created(Kind, Body("", "a:1"));
        (old.Metadata.DeletionTimestamp, old.Metadata.DeletionGracePeriodSeconds) = (Written.Now, 30);
        var pod = Written.Object(Kind, Body("\"hostname\":\"x\"", "a:2"));
        pod.Status = new V1PodStatus { Phase = "Failed" };
        Kind.PrepareObjectForStatusUpdate(pod, old);
        Assert.Equal((Written.Now, 30L, "Failed", "BestEffort"), (pod.Metadata.DeletionTimestamp!.Value, pod.Metadata.DeletionGracePeriodSeconds!.Value, pod.Status.Phase, pod.Status.QosClass));
        Assert.Equal(("a:1", null), (pod.Spec.Containers[0].Image, pod.Spec.Hostname));
    }

    private static IReadOnlyList<string> Faults(string before, string after) => Written.UpdateFaults(Kind, Body(before, "a:1"), Body(after, "a:2"));

    private static string Body(string field, string image) =>
        $$$"""{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"{{{image}}}","imagePullPolicy":"Always"}]{{{(field.Length > 0 ? "," : "")}}}{{{field}}}}}""";
}
