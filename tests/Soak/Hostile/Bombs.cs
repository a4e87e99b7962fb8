using System.Text;
using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Hostile;

/// <summary>Small requests that would cost much, were it not for bounds.</summary>
internal static class Bombs
{
    private const string Target = $"/api/v1/namespaces/{SoakCluster.HostileNamespace}/configmaps", Object = Target + "/bomb";

    /// <summary>Each once, with a name for findings.</summary>
    public static IEnumerable<(string Name, HostileRequest Request)> All(Random random)
    {
        var size = random.Next(1, 4);
        yield return ("merge keys", Post(MergeKeys(24 + size), ApiClient.YamlType));
        yield return ("merge keys side by side", Post(WideMergeKeys(100 * size), ApiClient.YamlType));
        yield return ("aliases", Post(Aliases(10 + size), ApiClient.YamlType));
        yield return ("deep YAML", Post(new string('[', 50_000 * size), ApiClient.YamlType));
        yield return ("deep YAML blocks", Post(string.Concat(Enumerable.Range(0, 1000 * size).Select(i => new string(' ', i) + "a:\n")), ApiClient.YamlType));
        yield return ("deep JSON", Post(new string('[', 100_000 * size), ApiClient.JsonType));
        yield return ("deep JSON objects", Post(string.Concat(Enumerable.Repeat("{\"a\":", 100_000 * size)), ApiClient.JsonType));
        yield return ("many keys", Post($$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"bomb"},"data":{{{{string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"k{i}\":\"\""))}}} }}""", ApiClient.JsonType));
        yield return ("a huge number", Post($$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"bomb","generation":{{{new string('9', 200_000 * size)}}}}}""", ApiClient.JsonType));
        yield return ("a huge exponent", Post("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"bomb","generation":1e999999999}}""", ApiClient.JsonType));
        yield return ("a huge quantity", Quantity(new string('9', 300_000) + "Ki"));
        yield return ("a tiny quantity", Quantity("1e-999999999"));
        yield return ("copies of copies", Patch(Copies(60), "application/json-patch+json"));
        yield return ("many operations", Patch("[" + string.Join(',', Enumerable.Repeat("""{"op":"add","path":"/data/x","value":"y"}""", 20_000)) + "]", "application/json-patch+json"));
        yield return ("a long selector", Get("labelSelector=" + string.Join(',', Enumerable.Repeat("a!%3Db", 2000))));
        yield return ("brackets in a selector", Get("labelSelector=" + string.Concat(Enumerable.Repeat("a%20in%20(", 2000))));
        yield return ("a deep continue token", Get("continue=" + Convert.ToBase64String(Encoding.UTF8.GetBytes("{\"v\":\"meta.k8s.io/v1\",\"rv\":1,\"start\":" + string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 201))).TrimEnd('=').Replace('+', '-').Replace('/', '_')));
    }

    /// <summary>Each level merges the one before twice: twice the work with each line, and at the bottom a mapping of many keys.</summary>
    public static string MergeKeys(int levels)
    {
        var text = new StringBuilder("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\na0: &a0 {");
        for (var i = 0; i < 200; i++) text.Append(null, $"k{i}: v, ");
        text.Append("}\n");
        for (var i = 1; i <= levels; i++) text.Append(null, $"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n");
        return text.ToString();
    }

    /// <summary>A mapping of many keys, merged many times by each of many others: each time, all its keys are looked at and none is new.</summary>
    private static string WideMergeKeys(int count)
    {
        var text = new StringBuilder("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\na: &a {");
        for (var i = 0; i < 1000; i++) text.Append(null, $"k{i}: v, ");
        text.Append("}\nb0: {<<: &s [").AppendJoin(", ", Enumerable.Repeat("*a", 500)).Append("]}\n");
        for (var i = 1; i < count; i++) text.Append(null, $"b{i}: {{<<: *s}}\n");
        return text.ToString();
    }

    private static string Aliases(int levels)
    {
        var text = new StringBuilder("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\na0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i <= levels; i++) text.Append(null, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        return text.ToString();
    }

    /// <summary>Each operation copies all that is there into itself.</summary>
    private static string Copies(int count) =>
        "[" + string.Join(',', Enumerable.Range(0, count).Select(i => $$$"""{"op":"copy","from":"/metadata","path":"/metadata/x{{{i}}}"}""")) + "]";

    private static HostileRequest Post(string body, string type) => new(HttpMethod.Post, Target + "?dryRun=All", Encoding.UTF8.GetBytes(body), type);

    private static HostileRequest Patch(string body, string type) => new(HttpMethod.Patch, Object + "?dryRun=All", Encoding.UTF8.GetBytes(body), type);

    private static HostileRequest Get(string query) => new(HttpMethod.Get, $"{Target}?{query}", [], ApiClient.JsonType);

    private static HostileRequest Quantity(string value) => new(HttpMethod.Post, $"/api/v1/namespaces/{SoakCluster.HostileNamespace}/pods?dryRun=All",
        Encoding.UTF8.GetBytes($$$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"bomb"},"spec":{"containers":[{"name":"c","image":"x","resources":{"limits":{"memory":"{{{{value}}}}"}}}]}}"""), ApiClient.JsonType);
}
