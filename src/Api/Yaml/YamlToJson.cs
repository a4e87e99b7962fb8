using System.Buffers;
using System.Text;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Coxswain.Api;

/// <summary>Turns manifests into JSON as upstream's tools do: YAML 1.1 scalars, keys made strings, duplicate keys kept for the decoder to complain of.</summary>
public static class YamlToJson
{
    /// <summary>The first document; empty text is <c>null</c>.</summary>
    /// <exception cref="YamlFormatException">No YAML, or too deep, or it multiplies itself through aliases.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public static byte[] Convert(ReadOnlySpan<byte> yaml, CancellationToken ct = default)
    {
        var parser = new Parser(new StringReader(Encoding.UTF8.GetString(yaml)));
        Guarded(() => parser.Consume<StreamStart>());
        return NextDocument(parser, ct) is { } root ? Write(root, ct) : "null"u8.ToArray();
    }

    /// <summary>Every document of a file that is not empty. Read lazily: a bad document does not hide those before it.</summary>
    /// <exception cref="YamlFormatException">While enumerating.</exception>
    public static IEnumerable<byte[]> ConvertAll(string yaml) => ReadAll(yaml).Select(document => document.Json);

    /// <summary>As <see cref="ConvertAll"/>, with the lines.</summary>
    /// <exception cref="YamlFormatException">While enumerating.</exception>
    public static IEnumerable<YamlDocument> ReadAll(string yaml, CancellationToken ct = default)
    {
        var parser = new Parser(new StringReader(yaml));
        Guarded(() => parser.Consume<StreamStart>());
        while (NextDocument(parser, ct) is { } root)
        {
            if (!root.IsNull) yield return new YamlDocument(root, Write(root, ct));
        }
    }

    private static YamlNode? NextDocument(Parser parser, CancellationToken ct) => Guarded(() =>
    {
        if (!parser.TryConsume<DocumentStart>(out _)) return null;
        var reader = new YamlNodeReader(parser, ct);
        var root = reader.Read();
        parser.Consume<DocumentEnd>();
        return root;
    });

    private static byte[] Write(YamlNode root, CancellationToken ct)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = KubeJson.Options.Encoder });
        new YamlNodeWriter(json, new YamlBudget(ct)).Write(root);
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The problem alone, as Go's parser names it: what was being read when it was met is left out.</summary>
    private static string Problem(string text)
    {
        if (text.Length == 0) return "unknown problem parsing YAML content";
        if (text.StartsWith("While ", StringComparison.Ordinal) && text.IndexOf(", ", StringComparison.Ordinal) is > 0 and var comma) text = text[(comma + 2)..];
        return text switch
        {
            "found invalid mapping" => "mapping values are not allowed in this context",
            "found invalid tab as indentation" => "found character that cannot start any token",
            _ => char.ToLowerInvariant(text[0]) + text[1..],
        };
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (YamlException e)
        {
            throw new YamlFormatException(e.Start.Line, Problem(e.Message.TrimEnd('.')));
        }
    }
}
