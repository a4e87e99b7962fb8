using System.Text;
using static Coxswain.ApiServer.Tests.Http.Bombs.Bomb;

namespace Coxswain.ApiServer.Tests.Http.Bombs;

internal static class BodyBombs
{
    private const string ConfigMaps = "/api/v1/namespaces/ns/configmaps", Pods = "/api/v1/namespaces/ns/pods", Services = "/api/v1/namespaces/ns/services", Secrets = "/api/v1/namespaces/ns/secrets";
    private const string Revisions = "/apis/apps/v1/namespaces/ns/controllerrevisions";
    private const string TooLarge = "etcdserver: request is too large";
    private const string Container = "{\"name\":\"c\",\"image\":\"i\"}";

    public static IEnumerable<Bomb> All =>
    [
        Json("objects 9 999 deep", ConfigMaps, 0, "", () => $"{Repeat("{\"a\":", 9_999)}1{Repeat("}", 9_999)}"),
        Json("a free-form field 9 000 deep", Revisions, 400, "exceeded max depth", () => $"{{\"metadata\":{{\"name\":\"r\"}},\"revision\":1,\"data\":{Repeat("[", 9_000)}{Repeat("]", 9_000)}}}"),
        Json("a number of 3 million digits", ConfigMaps, 400, "cannot unmarshal number", () => $"{{\"metadata\":{{\"name\":\"a\",\"generation\":{new string('9', 3_000_000)}}}}}"),
        Json("an exponent of nine digits", Pods, 0, "", () => Pod("{\"name\":\"c\",\"image\":\"i\",\"resources\":{\"limits\":{\"cpu\":\"1e999999999\"}}}")),
        Json("a quantity of 3 million digits", Pods, 400, "unable to parse numeric part of quantity", () => Pod($"{{\"name\":\"c\",\"image\":\"i\",\"resources\":{{\"limits\":{{\"cpu\":\"{new string('1', 3_000_000)}\"}}}}}}")),
        Json("escapes", ConfigMaps, 422, "invalid", () => $"{{\"metadata\":{{\"name\":\"{Repeat("\\u0041", 500_000)}\"}}}}"),
        Json("one key many times", ConfigMaps, 201, "", () => $"{{\"metadata\":{{\"name\":\"twice\",\"labels\":{{{Repeat("\"a\":\"b\",", 100_000)}\"a\":\"b\"}}}}}}"),
        Json("unknown fields", ConfigMaps, 201, "", () => $"{{\"metadata\":{{\"name\":\"unknown\"}},{Each(100_000, i => $"\"f{i}\":0")}}}"),
        Json("labels", ConfigMaps, 0, "", () => $"{{\"metadata\":{{\"name\":\"a\",\"labels\":{{{Each(50_000, i => $"\"_{i}\":\"_\"")}}}}}}}"),
        Json("owners that all control", ConfigMaps, 422, "Only one reference can have Controller set to true", () => $"{{\"metadata\":{{\"name\":\"a\",\"ownerReferences\":[{Each(10_000, i => $"{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"p{i}\",\"uid\":\"u{i}\",\"controller\":true,\"x\":1}}")}]}}}}"),
        Json("finalizers", ConfigMaps, 422, "name is neither a standard finalizer name", () => $"{{\"metadata\":{{\"name\":\"a\",\"finalizers\":[{Repeat("\"a\",", 100_000)}\"a\"]}}}}"),
        Json("20 000 containers", Pods, 500, TooLarge, () => Pod(Each(20_000, i => $"{{\"name\":\"c{i}\",\"image\":\"i\"}}"))),
        Json("one variable many times", Pods, 500, TooLarge, () => Pod($"{{\"name\":\"c\",\"image\":\"i\",\"env\":[{Repeat("{\"name\":\"A\"},", 100_000)}{{\"name\":\"A\"}}]}}")),
        Json("mounts and devices", Pods, 422, "", () => Pod($"{{\"name\":\"c\",\"image\":\"i\",\"volumeMounts\":[{Each(25_000, i => $"{{\"name\":\"m{i}\",\"mountPath\":\"/m{i}\"}}")}],\"volumeDevices\":[{Each(25_000, i => $"{{\"name\":\"d{i}\",\"devicePath\":\"/d{i}\"}}")}]}}")),
        Json("spread constraints", Pods, 500, TooLarge, () => Pod(Container, $"\"topologySpreadConstraints\":[{Each(25_000, i => $"{{\"maxSkew\":1,\"topologyKey\":\"k{i}\",\"whenUnsatisfiable\":\"DoNotSchedule\"}}")}],")),
        Json("keys of a spread constraint and of its selector", Pods, 0, "", () => Pod(Container, $"\"topologySpreadConstraints\":[{{\"maxSkew\":1,\"topologyKey\":\"k\",\"whenUnsatisfiable\":\"DoNotSchedule\",\"matchLabelKeys\":[{Each(60_000, i => $"\"k{i}\"")}], \"labelSelector\":{{\"matchExpressions\":[{Each(40_000, i => $"{{\"key\":\"l{i}\",\"operator\":\"Exists\"}}")}]}}}}],")),
        Json("limits of the Pod and requests of a container", Pods, 0, "", () => Pod($"{{\"name\":\"c\",\"image\":\"i\",\"resources\":{{\"requests\":{{{Each(40_000, i => $"\"a.b/c{i}\":1")}}}}}}}", $"\"resources\":{{\"limits\":{{{Each(40_000, i => $"\"a.b/c{i}\":1")}}}}},")),
        Json("images", Pods, 500, TooLarge, () => Pod(Each(20, i => $"{{\"name\":\"c{i}\",\"image\":\"{Repeat("a-", 70_000)}A\"}}"))),
        Json("ports of a Service", Services, 500, "failed to allocate a nodePort: range is full", () => $"{{\"metadata\":{{\"name\":\"a\"}},\"spec\":{{\"type\":\"NodePort\",\"ports\":[{Each(60_000, i => $"{{\"port\":{i + 1},\"name\":\"p{i}\"}}")}]}}}}"),
        Json("families of a Service", Services, 422, "", () => $"{{\"metadata\":{{\"name\":\"a\"}},\"spec\":{{\"ports\":[{{\"port\":1}}],\"ipFamilies\":[{Each(60_000, i => $"\"{i}\"")}]}}}}"),
        Json("base64 that is bad at its end", Secrets, 400, "illegal base64 data", () => $"{{\"metadata\":{{\"name\":\"a\"}},\"data\":{{\"a\":\"{new string('A', 3_000_000)}*\"}}}}"),
        Json("a docker config 5 000 deep", Secrets, 0, "", () => $"{{\"metadata\":{{\"name\":\"deep\"}},\"type\":\"kubernetes.io/dockerconfigjson\",\"data\":{{\".dockerconfigjson\":\"{Convert.ToBase64String(Encoding.ASCII.GetBytes($"{{\"a\":{Repeat("[", 5_000)}{Repeat("]", 5_000)}}}"))}\"}}}}"),
        Json("a time of 3 million digits", ConfigMaps, 400, "", () => $"{{\"metadata\":{{\"name\":\"a\",\"creationTimestamp\":\"2026-01-01T00:00:00.{new string('1', 3_000_000)}\"}}}}"),
        Json("compressed zeros", ConfigMaps, 400, "invalid character '\\\\x1f'", Zeros) with { ContentEncoding = "gzip" },
        Protobuf("messages in messages", Pods, "Pod", 0, "", () => Nest(20_000)),
        Protobuf("a length that the body has not", ConfigMaps, "ConfigMap", 400, "unexpected EOF", () => [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
        Protobuf("a field many times", ConfigMaps, "ConfigMap", 0, "", () => [.. Enumerable.Repeat<byte[]>([0x0a, 0x02, 0x0a, 0x00], 100_000).SelectMany(b => b)]),
        Protobuf("text that is no UTF-8", ConfigMaps, "ConfigMap", 422, "metadata.name", () => [0x0a, 0x04, 0x0a, 0x02, 0xff, 0xfe]),
    ];

    private static Bomb Json(string name, string path, int code, string says, Func<string> body) => new($"JSON: {name}", "POST", path, code, says) { Body = () => Encoding.UTF8.GetBytes(body()) };

    private static Bomb Json(string name, string path, int code, string says, Func<byte[]> body) => new($"JSON: {name}", "POST", path, code, says) { Body = body };

    private static Bomb Protobuf(string name, string path, string kind, int code, string says, Func<byte[]> message) => new($"protobuf: {name}", "POST", path, code, says)
    {
        Body = () =>
        {
            var raw = message();
            byte[] type = [0x0a, 0x02, .. "v1"u8, 0x12, (byte)kind.Length, .. Encoding.ASCII.GetBytes(kind)];
            return [.. "k8s\0"u8, 0x0a, (byte)type.Length, .. type, 0x12, .. Length(raw.Length), .. raw];
        },
        ContentType = "application/vnd.kubernetes.protobuf",
    };

    private static string Pod(string containers, string more = "") => $"{{\"metadata\":{{\"name\":\"bomb\"}},\"spec\":{{{more}\"automountServiceAccountToken\":false,\"containers\":[{containers}]}}}}";

    private static byte[] Zeros()
    {
        using var buffer = new MemoryStream();
        using (var zip = new System.IO.Compression.GZipStream(buffer, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true)) zip.Write(new byte[64 << 20]);
        return buffer.ToArray();
    }

    /// <summary>Messages of a field that has itself below it: the spec's affinity's terms would not do, unknown fields are skipped; so each level is field 2, 18, and so on.</summary>
    private static byte[] Nest(int levels)
    {
        var message = new List<byte>();
        for (var i = 0; i < levels; i++) message.InsertRange(0, [0x12, .. Length(message.Count)]);
        return [.. message];
    }

    private static byte[] Length(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
