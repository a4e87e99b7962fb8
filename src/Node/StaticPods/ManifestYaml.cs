using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Coxswain.Node.StaticPods;

/// <summary>YAML (and so JSON) as JSON, with the line on which each value stands.</summary>
internal sealed class ManifestYaml
{
    private readonly Dictionary<string, int> _lines = [];
    private readonly Dictionary<string, JsonNode?> _anchors = [];

    private ManifestYaml(IParser parser) => Root = Read(parser, "$");

    public JsonNode? Root { get; }

    /// <summary>The line of a value, or of the nearest around it.</summary>
    /// <param name="path">As System.Text.Json writes paths: <c>$.spec.containers[0].name</c>.</param>
    public int? LineOf(string? path)
    {
        for (var at = path; !string.IsNullOrEmpty(at); at = at[..Math.Max(0, at.LastIndexOfAny(['.', '[']))])
            if (_lines.TryGetValue(at, out var line)) return line;
        return null;
    }

    /// <summary>The documents of a file; empty ones are left out.</summary>
    /// <exception cref="ManifestException">It is no YAML.</exception>
    public static IReadOnlyList<ManifestYaml> Parse(string text)
    {
        try
        {
            var documents = new List<ManifestYaml>();
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            while (parser.TryConsume<DocumentStart>(out _))
            {
                var document = new ManifestYaml(parser);
                parser.Consume<DocumentEnd>();
                if (document.Root is not null) documents.Add(document);
            }
            return documents;
        }
        catch (YamlException e)
        {
            throw new ManifestException(e.Message, (int)e.Start.Line);
        }
    }

    private JsonNode? Read(IParser parser, string path)
    {
        _lines[path] = (int)(parser.Current?.Start.Line ?? 0);
        if (parser.TryConsume<AnchorAlias>(out var alias))
            return _anchors.TryGetValue(alias.Value.Value, out var target) ? target?.DeepClone() : throw new ManifestException($"unknown anchor '{alias.Value.Value}' referenced", _lines[path]);
        var anchor = (parser.Current as NodeEvent)?.Anchor ?? AnchorName.Empty;
        JsonNode? node = parser.Current switch
        {
            Scalar => Value(parser.Consume<Scalar>()),
            SequenceStart => Sequence(parser, path),
            MappingStart => Mapping(parser, path),
            var other => throw new ManifestException($"unexpected {other?.GetType().Name}", _lines[path]),
        };
        if (!anchor.IsEmpty) _anchors[anchor.Value] = node;
        return node;
    }

    private JsonArray Sequence(IParser parser, string path)
    {
        parser.Consume<SequenceStart>();
        var list = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _)) list.Add(Read(parser, $"{path}[{list.Count}]"));
        return list;
    }

    private JsonObject Mapping(IParser parser, string path)
    {
        parser.Consume<MappingStart>();
        var map = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>();
            var value = Read(parser, $"{path}.{key.Value}");
            if (key.Value == "<<" && value is JsonObject merged) foreach (var (name, inner) in merged) map.TryAdd(name, inner?.DeepClone());
            else if (!map.TryAdd(key.Value, value)) throw new ManifestException($"key \"{key.Value}\" already set in map", (int)key.Start.Line);
        }
        return map;
    }

    /// <summary>What Kubernetes' YAML takes a plain scalar for: YAML 1.1, whose booleans are many.</summary>
    private static JsonValue? Value(Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain || scalar.Tag == "tag:yaml.org,2002:str") return JsonValue.Create(text);
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL": return null;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON": return JsonValue.Create(true);
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF": return JsonValue.Create(false);
        }
        if (text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex)) return JsonValue.Create(hex);
        if (text.Length > 1 && text[0] == '0' && text.AsSpan(1).IndexOfAnyExceptInRange('0', '7') < 0) return JsonValue.Create(Convert.ToInt64(text, 8));
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return JsonValue.Create(number);
        const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return char.IsAsciiLetter(text[0]) || !double.TryParse(text, Real, CultureInfo.InvariantCulture, out var real) ? JsonValue.Create(text) : JsonValue.Create(real);
    }
}
