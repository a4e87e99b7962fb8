using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>A Pod's status as it stands on the wire, field by field.</summary>
public sealed class StatusTests
{
    private const string Now = "2026-01-02T03:04:05Z"; // the clock stands still

    private static JsonNode Status(TestNode node, string pod) => JsonNode.Parse(Kinds.Pods.Encode(node.Pod(pod)!))!["status"]!;

    private static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"expected {JsonNode.Parse(expected)!.ToJsonString()}\nbut was  {actual?.ToJsonString()}");

    private static string Condition(string type, string status, string more = "") =>
        $$"""{"type":"{{type}}","status":"{{status}}","lastProbeTime":null,"lastTransitionTime":"{{Now}}","observedGeneration":1{{more}}}""";

    [Fact]
    public async Task RunningPod_HasEveryField()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("web", "sleep", "infinity");
        pod.Spec.Volumes = [new V1Volume { Name = "d", EmptyDir = new V1EmptyDirVolumeSource() }];
        pod.Spec.Containers[0].VolumeMounts = [new V1VolumeMount { Name = "d", MountPath = "/d" }, new V1VolumeMount { Name = "d", MountPath = "/r", ReadOnlyProperty = true }];
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("10m"), ["memory"] = new("8Mi") } };
        await node.CreateAsync(pod);
        await node.UntilAsync("web", TestNode.IsReady);
        var container = (await node.ContainersAsync())[0];
        var image = (await node.Simulated.GetImageAsync("busybox", TestContext.Current.CancellationToken))!;
        AssertJson($$"""
            {
              "phase": "Running", "observedGeneration": 1, "startTime": "{{Now}}", "qosClass": "Burstable",
              "hostIP": "192.0.2.10", "hostIPs": [{"ip": "192.0.2.10"}], "podIP": "{{node.Pod("web")!.Status.PodIP}}", "podIPs": [{"ip": "{{node.Pod("web")!.Status.PodIP}}"}],
              "allocatedResources": {"cpu": "10m", "memory": "8Mi"}, "resources": {"requests": {"cpu": "10m", "memory": "8Mi"} },
              "conditions": [{{Condition("PodReadyToStartContainers", "True")}}, {{Condition("Initialized", "True")}}, {{Condition("Ready", "True")}}, {{Condition("ContainersReady", "True")}}, {{Condition("PodScheduled", "True")}}],
              "containerStatuses": [{
                "name": "c", "image": "docker.io/library/busybox:latest", "imageID": "{{image.RepoDigests[0]}}", "containerID": "simulated://{{container.Id}}",
                "restartCount": 0, "ready": true, "started": true, "state": {"running": {"startedAt": "{{Now}}"} }, "lastState": {},
                "resources": {"requests": {"cpu": "10m", "memory": "8Mi"} }, "allocatedResources": {"cpu": "10m", "memory": "8Mi"},
                "user": {"linux": {"uid": 0, "gid": 0, "supplementalGroups": [0]} },
                "volumeMounts": [{"name": "d", "mountPath": "/d"}, {"name": "d", "mountPath": "/r", "readOnly": true, "recursiveReadOnly": "Disabled"}]
              }]
            }
            """, Status(node, "web"));
    }

    [Fact]
    public async Task RestartedContainer_ShowsItsLastStateAndCount()
    {
        await using var node = new TestNode(new Simulation { Run = _ => new SimulatedProcess { RunsFor = TimeSpan.FromSeconds(2), ExitCode = 3 } }).Start();
        await node.CreateAsync(TestNode.NewPod("crash"));
        await node.UntilAsync("crash", p => p.Status?.ContainerStatuses?[0].State?.Running is not null);
        var first = (await node.ContainersAsync())[0].Id;
        node.Time.Advance(TimeSpan.FromSeconds(2));
        await node.UntilAsync("crash", p => p.Status.ContainerStatuses[0] is { RestartCount: 1, State.Running: not null });
        var shown = Status(node, "crash")["containerStatuses"]![0]!;
        AssertJson($$"""{"terminated": {"exitCode": 3, "reason": "Error", "startedAt": "{{Now}}", "finishedAt": "2026-01-02T03:04:07Z", "containerID": "simulated://{{first}}"} }""", shown["lastState"]);
        AssertJson("""{"running": {"startedAt": "2026-01-02T03:04:07Z"} }""", shown["state"]);
        Assert.Equal(1, (int?)shown["restartCount"]);
    }

    [Fact]
    public async Task WaitingPod_SaysForWhatInEveryPlace()
    {
        await using var node = new TestNode(new Simulation { SandboxTime = TimeSpan.FromHours(1) }).Start();
        await node.CreateAsync(TestNode.NewPod("slow"));
        await node.UntilAsync("slow", p => p.Status?.Phase == "Pending");
        const string Unready = ""","reason":"ContainersNotReady","message":"containers with unready status: [c]" """;
        AssertJson($$"""
            {
              "phase": "Pending", "observedGeneration": 1, "startTime": "{{Now}}", "qosClass": "BestEffort", "hostIP": "192.0.2.10", "hostIPs": [{"ip": "192.0.2.10"}], "resources": {},
              "conditions": [{{Condition("PodReadyToStartContainers", "False")}}, {{Condition("Initialized", "True")}}, {{Condition("Ready", "False", Unready)}}, {{Condition("ContainersReady", "False", Unready)}}, {{Condition("PodScheduled", "True")}}],
              "containerStatuses": [{"name": "c", "image": "docker.io/library/busybox:latest", "imageID": "", "restartCount": 0, "ready": false, "started": false, "state": {"waiting": {"reason": "ContainerCreating"} }, "lastState": {} }]
            }
            """, Status(node, "slow"));
    }

    [Fact]
    public async Task ReadinessGate_CountsIntoReady()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("gated");
        pod.Spec.ReadinessGates = [new V1PodReadinessGate { ConditionType = "example.com/live" }];
        await node.CreateAsync(pod);
        var shown = await node.UntilAsync("gated", p => p.Status?.ContainerStatuses?[0].Ready == true);
        var ready = shown.Status.Conditions.Single(c => c.Type == "Ready");
        Assert.Equal(("False", "ReadinessGatesNotReady", "corresponding condition of pod readiness gate \"example.com/live\" does not exist."), (ready.Status, ready.Reason, ready.Message));
        Assert.Equal("True", shown.Status.Conditions.Single(c => c.Type == "ContainersReady").Status);
        var changed = Kinds.Pods.Clone(shown);
        changed.Status.Conditions.Add(new V1PodCondition { Type = "example.com/live", Status = "True" });
        changed.Metadata.ResourceVersion = null;
        await node.Api.UpdateAsync(Kinds.Pods, changed, "status", TestContext.Current.CancellationToken);
        shown = await node.UntilAsync("gated", TestNode.IsReady);
        Assert.Contains(shown.Status.Conditions, c => c.Type == "example.com/live"); // others' conditions stay
    }
}
