using System.Text;
using System.Text.Json;

namespace Coxswain.Api;

/// <summary>Reads what a body says it is, before anything else of it is looked at.</summary>
internal static class BodyKind
{
    private const string MetaStruct = "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }";
    private const int SummaryLength = 30;

    /// <returns>The body's kind and version; what is missing is taken from <paramref name="expected"/>.</returns>
    /// <exception cref="GoDecodeException">The body is no JSON object, or its version makes no sense.</exception>
    public static GroupVersionKind Identify(ReadOnlySpan<byte> body, GroupVersionKind expected)
    {
        var (apiVersion, kind) = Scan(body);
        var (group, version) = (expected.Group, expected.Version);
        if (apiVersion.Length > 0 && !GroupVersion.TryParse(apiVersion, out group, out version)) throw new GoDecodeException($"unexpected GroupVersion string: {apiVersion}");
        return new GroupVersionKind(group, version, kind.Length == 0 ? expected.Kind : kind);
    }

    /// <exception cref="GoDecodeException">The body is of an unknown kind, or of one that has no business here.</exception>
    public static void Check(GroupVersionKind found, GroupVersionKind expected)
    {
        if (found == expected) return;
        if (!KnownKinds.Contains(found)) throw Unregistered(found);
        if (found.Group != expected.Group || found.Kind != expected.Kind)
        {
            throw new GoDecodeException($"converting ({found.Version}.{found.Kind}) to ({StrictDecoder.InternalName(expected)}): unknown conversion");
        }
    }

    /// <summary>Every group may have options of its own for deletions; they are all alike.</summary>
    /// <exception cref="GoDecodeException">The body is something else.</exception>
    public static void CheckDeleteOptions(GroupVersionKind found)
    {
        if (found.Kind != "DeleteOptions") throw Unregistered(found, "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:31");
    }

    /// <summary>The head of a body: as text when it may be JSON, else in hexadecimal.</summary>
    public static string Summary(ReadOnlySpan<byte> body)
    {
        if (body.Length == 0) return "<empty>";
        var head = body[..Math.Min(body.Length, SummaryLength)];
        var text = body[0] == '{' ? Encoding.UTF8.GetString(head) : Convert.ToHexStringLower(head);
        return body.Length > SummaryLength ? text + " ..." : text;
    }

    public static GoDecodeException Unregistered(GroupVersionKind found, string scheme = "pkg/api/legacyscheme/scheme.go:30") =>
        new($"no kind \"{found.Kind}\" is registered for version \"{found.ApiVersion}\" in scheme \"{scheme}\"");

    private static (string ApiVersion, string Kind) Scan(ReadOnlySpan<byte> body)
    {
        if (GoSyntax.Check(body) is { } error) throw Bad(error);
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 10_000 });
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return ("", "");
        if (reader.TokenType != JsonTokenType.StartObject) throw Bad($"json: cannot unmarshal {GoScalars.KindOf(reader.TokenType)} into Go value of type {MetaStruct}");
        string apiVersion = "", kind = "";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = GoScalars.Text(ref reader);
            reader.Read();
            if (name == "apiVersion") apiVersion = Word(ref reader, name);
            else if (name == "kind") kind = Word(ref reader, name);
            else reader.Skip();
        }
        return (apiVersion, kind);
    }

    private static string Word(ref Utf8JsonReader reader, string name) => reader.TokenType switch
    {
        JsonTokenType.String => GoScalars.Text(ref reader),
        JsonTokenType.Null => "",
        var other => throw Bad($"json: cannot unmarshal {GoScalars.KindOf(other)} into Go struct field .{name} of type string"),
    };

    private static GoDecodeException Bad(string error) => new($"couldn't get version/kind; json parse error: {error}");
}
