using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coxswain.Bench;

/// <summary>The objects that are sent, as bytes made beforehand.</summary>
internal static class Bodies
{
    public const string Image = "docker.io/library/busybox:latest";
    /// <summary>The label of nodes that are objects only, and what selects them.</summary>
    public const string Simulated = "bench.coxswain.io/simulated";

    private const int ConfigMapData = 500, PodPadding = 800, LargeData = (1 << 20) - 100;
    private static readonly string LargeText = string.Concat(Enumerable.Repeat(new string('x', 79) + '\n', LargeData / 80));

    public static byte[] Namespace(string name) => Bytes(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } });

    public static byte[] ConfigMap(string name) => Bytes(new JsonObject
    {
        ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = name },
        ["data"] = new JsonObject { ["text"] = new string('x', ConfigMapData) },
    });

    /// <summary>As large as a ConfigMap may be: lines of text, labelled <c>app=bench</c>.</summary>
    public static byte[] LargeConfigMap(string name) => Bytes(new JsonObject
    {
        ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["app"] = "bench" } },
        ["data"] = new JsonObject { ["text"] = LargeText },
    });

    public static byte[] ConfigMapPatch(int number) => Encoding.ASCII.GetBytes($$$"""{"data":{"number":"{{{number}}}"}}""");

    /// <summary>One busybox container that sleeps; runs on the real node.</summary>
    public static byte[] Pod(string name) => Bytes(PodObject(name, PodSpec()));

    /// <summary>As upstream's recorded Pods some 2.3 KB once stored; nobody schedules it.</summary>
    public static byte[] IdlePod(string name)
    {
        var spec = PodSpec();
        spec["schedulerName"] = "nobody";
        var pod = PodObject(name, spec);
        pod["metadata"]!["annotations"] = new JsonObject { ["bench.coxswain.io/padding"] = new string('x', PodPadding) };
        return Bytes(pod);
    }

    /// <summary>For the scheduler, onto the nodes that are objects only.</summary>
    public static byte[] SimulatedPod(string name) => Bytes(PodObject(name, SimulatedSpec()));

    public static byte[] Deployment(string name, int replicas) => Bytes(new JsonObject
    {
        ["apiVersion"] = "apps/v1", ["kind"] = "Deployment", ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } }, ["spec"] = SimulatedSpec() },
        },
    });

    /// <summary>A Node that is Ready and roomy; nobody stands behind it.</summary>
    public static byte[] Node(string name)
    {
        var status = NodeStatusObject();
        status["capacity"] = Resources();
        status["allocatable"] = Resources();
        return Bytes(new JsonObject
        {
            ["apiVersion"] = "v1", ["kind"] = "Node",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { [Simulated] = "true", ["kubernetes.io/hostname"] = name } },
            ["status"] = status,
        });

        static JsonObject Resources() => new() { ["cpu"] = "16", ["memory"] = "64Gi", ["pods"] = "110" };
    }

    /// <summary>A heartbeat, for a merge patch of the Node's status.</summary>
    public static byte[] NodeBeat() => Bytes(new JsonObject { ["status"] = NodeStatusObject() });

    private static JsonObject NodeStatusObject()
    {
        var now = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", null);
        return new JsonObject
        {
            ["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "Ready", ["status"] = "True", ["reason"] = "KubeletReady", ["message"] = "ready", ["lastHeartbeatTime"] = now, ["lastTransitionTime"] = now,
            }),
        };
    }

    private static JsonObject SimulatedSpec()
    {
        var spec = PodSpec();
        spec["nodeSelector"] = new JsonObject { [Simulated] = "true" };
        return spec;
    }

    private static JsonObject PodObject(string name, JsonObject spec) => new()
    {
        ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["app"] = "bench" } }, ["spec"] = spec,
    };

    private static JsonObject PodSpec() => new()
    {
        ["terminationGracePeriodSeconds"] = 1,
        ["containers"] = new JsonArray(new JsonObject
        {
            ["name"] = "main", ["image"] = Image, ["imagePullPolicy"] = "IfNotPresent", ["command"] = new JsonArray("sleep", "86400"),
            ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["cpu"] = "10m", ["memory"] = "16Mi" } },
        }),
    };

    private static byte[] Bytes(JsonObject value) => JsonSerializer.SerializeToUtf8Bytes(value);
}
