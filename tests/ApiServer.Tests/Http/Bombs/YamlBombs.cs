using System.Text;
using static Coxswain.ApiServer.Tests.Http.Bombs.Bomb;

namespace Coxswain.ApiServer.Tests.Http.Bombs;

internal static class YamlBombs
{
    private const string Aliasing = "document contains excessive aliasing";

    public static IEnumerable<Bomb> All =>
    [
        Yaml("44 KB of merge keys", Aliasing, () => Wide(2000, 4000)),
        Yaml("a megabyte of merge keys", Aliasing, () => Wide(30_000, 60_000)),
        Yaml("merge keys that are nested", Aliasing, () => Nested(i => $"a{i}: &a{i} {{<<: [{Repeat($"*a{i - 1},", 10)}], k{i}: v}}\n", 12)),
        Yaml("merges of merges without a key of their own", Aliasing, () => Nested(i => $"a{i}: &a{i} {{<<: [{Repeat($"*a{i - 1},", 10)}]}}\n", 900)),
        Yaml("merge keys in one mapping that has many keys", "", () => $"b: &b {{x: 1}}\nm: &m {{<<: *b}}\na:\n{Each(10_000, i => $"  k{i}: v\n", "")}{Repeat("  <<: *m\n", 60_000)}"),
        Yaml("aliases of aliases", Aliasing, () => Nested(i => $"a{i}: &a{i} [{Repeat($"*a{i - 1},", 10)}]\n", 12)),
        Yaml("aliases of a long text", Aliasing, () => $"a: &a {new string('x', 1_000_000)}\nb: [{Repeat("*a,", 100_000)}]"),
        Yaml("a chain of aliases", Aliasing, () => Nested(i => $"a{i}: &a{i} {{y: *a{i - 1}}}\n", 5_000)),
        Yaml("open brackets", "exceeded max depth", () => Repeat("[", 3_000_000)),
        Yaml("open braces", "exceeded max depth", () => Repeat("{a: ", 700_000)),
        Yaml("a list in a list in a list", "exceeded max depth", () => Repeat("- ", 1_500_000)),
        Yaml("keys that are keys", "exceeded max depth", () => Repeat("? ", 1_500_000)),
        Yaml("anchors", "cannot unmarshal array", () => Each(40_000, i => $"- &a{i} x\n", "")),
        Yaml("items", "document has more than 500000 nodes", () => $"[{Repeat("x,", 1_500_000)}]"),
        Yaml("a number of 3 million digits", "", () => $"metadata: {{generation: {new string('9', 3_000_000)}}}"),
        Yaml("a number as a key", "", () => $"{new string('9', 1_500_000)}: a\n{new string('8', 1_500_000)}: b"),
        Yaml("escapes", "", () => $"a: \"{Repeat("\\x41", 700_000)}\""),
        Yaml("lines of a plain text", "", () => $"a: b\n{Repeat(" c\n", 900_000)}"),
        Yaml("empty lines", "", () => $"a: |\n{Repeat("\n", 3_000_000)} b\n"),
        Yaml("tags", "", () => Repeat("%TAG !a! tag:x,2000:\n", 140_000)),
        Yaml("documents", "", () => Repeat("---\n", 700_000)),
    ];

    private static Bomb Yaml(string name, string says, Func<string> text) => new($"YAML: {name}", "POST", "/api/v1/namespaces/ns/configmaps", says.Length == 0 ? 0 : 400, says)
    {
        Body = () => Encoding.UTF8.GetBytes(text()),
        ContentType = "application/yaml",
    };

    private static string Wide(int keys, int merges) => $"a: &a\n{Each(keys, i => $"  k{i}: v\n", "")}b:\n{Repeat("  <<: *a\n", merges)}";

    private static string Nested(Func<int, string> level, int levels) => $"a0: &a0 {{k: v}}\n{string.Concat(Enumerable.Range(1, levels).Select(level))}";
}
