using System.Buffers.Text;
using System.Text;
using static Coxswain.ApiServer.Tests.Http.Bombs.Bomb;

namespace Coxswain.ApiServer.Tests.Http.Bombs;

internal static class QueryBombs
{
    private const string ConfigMaps = "/api/v1/namespaces/ns/configmaps";

    public static IEnumerable<Bomb> All =>
    [
        Get("terms of a label selector", $"labelSelector={Repeat("!a,", 20_000)}!a", 400, "a label selector may have 1000 terms at most"),
        Get("values of a label selector", $"labelSelector=a+in+({Each(12_000, i => $"{i}")})", 200, "\"items\":[]"),
        Get("open brackets in a selector", $"labelSelector=a+in+{Repeat("(", 60_000)}", 400, "unable to parse requirement"),
        Get("commas in a selector", $"labelSelector=a+in+({Repeat(",", 60_000)})", 400, "expected: ',', or identifier"),
        Get("terms of a field selector", $"fieldSelector={Repeat("metadata.name!=a,", 3_600)}metadata.name!=a", 400, "a field selector may have 1000 terms at most"),
        Get("backslashes in a field selector", $"fieldSelector=metadata.name={Repeat("%5C%5C", 10_000)}", 200, ""),
        Get("parameters", Repeat("a&", 30_000), 200, ""),
        Get("escaped names of parameters", Repeat("%61=%62&", 7_500), 200, ""),
        Get("digits of a timeout", $"timeout={new string('9', 60_000)}s", 400, "invalid timeout specified in the request URL - time: "),
        Get("digits of a limit", $"limit={new string('9', 60_000)}", 400, "value out of range"),
        Get("a continue token 9 000 deep", $"continue={Token($"{{\"v\":{Repeat("[", 9_000)}{Repeat("]", 9_000)}}}")}", 400, "invalid continue token"),
        Get("a continue token of many keys", $"continue={Token($"{{{Repeat("\"v\":1,", 7_000)}\"v\":1}}")}", 400, "invalid continue token"),
        new("GET: entries of an Accept header", "GET", ConfigMaps, 406, "only the following media types are accepted") { Accept = $"{Repeat("*/x,", 15_000)}{Repeat("a/b,", 15_000)}a/b" },
        new("GET: parameters of an Accept header", "GET", ConfigMaps, 406, "") { Accept = $"a/b{Repeat(";a=b", 30_000)}" },
        new("GET: an escaped path", "GET", $"{ConfigMaps}/{Repeat("%61", 20_000)}", 404, "not found"),
        new("GET: a path of many parts", "GET", Repeat("/a", 30_000), 404, ""),
    ];

    private static Bomb Get(string name, string query, int code, string says) => new($"GET: {name}", "GET", $"{ConfigMaps}?{query}", code, says);

    private static string Token(string json) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(json));
}
