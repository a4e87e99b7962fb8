using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Coxswain.Api;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Where the next chunk of a list goes on. Opaque to clients; spelt as upstream spells it.</summary>
/// <param name="Revision">The list's revision; -1 for whatever is newest then.</param>
/// <param name="After">The last key that was returned, without the kind's prefix.</param>
internal readonly record struct ContinueToken(long Revision, string After)
{
    private const string Version = "meta.k8s.io/v1";
    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = GoSyntax.MaximumDepth };

    public override string ToString()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("v", Version);
            writer.WriteNumber("rv", Revision);
            writer.WriteString("start", After + "\0");
            writer.WriteEndObject();
        }
        return Base64Url.EncodeToString(stream.ToArray());
    }

    /// <exception cref="StatusException">400: no token of ours.</exception>
    public static ContinueToken Parse(string token)
    {
        var json = Decode(token);
        if (GoSyntax.Check(json) is { } fault) throw Bad($": {fault}");
        using var document = JsonDocument.Parse(json, ReadOptions);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw Bad($": json: cannot unmarshal {GoName(root)} into Go value of type storage.continueToken");
        var version = Text(root, "v");
        if (version != Version) throw Bad($": server does not recognize this encoded version {version}");
        var revision = RevisionOf(root);
        if (revision == 0) throw Bad($": incorrect encoded start resourceVersion (version {Version})");
        var start = Text(root, "start");
        if (start.Length == 0) throw Bad($": encoded start key empty (version {Version})");
        // Nobody walks out of the kind's own part of the store with a token made up for it.
        if (start.Split('/').Any(s => s is "" or "." or "..")) throw Bad($": {start}");
        return new ContinueToken(revision, start.TrimEnd('\0'));
    }

    private static byte[] Decode(string token)
    {
        for (var i = 0; i < token.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(token[i]) && token[i] is not ('-' or '_')) throw Bad($": illegal base64 data at input byte {i}");
        }
        if (token.Length % 4 == 1) throw Bad($": illegal base64 data at input byte {token.Length - 1}");
        // Go does not mind bits that are left over at the end; filled up, there are none.
        return Base64Url.DecodeFromChars(token.PadRight((token.Length + 3) / 4 * 4, 'A')).AsSpan(0, token.Length * 3 / 4).ToArray();
    }

    private static string Text(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return "";
        if (value.ValueKind != JsonValueKind.String) throw WrongType(value, name, "string");
        try { return value.GetString()!; }
        catch (InvalidOperationException) { return "\ufffd"; } // half a surrogate pair: no key of ours
    }

    private static long RevisionOf(JsonElement root)
    {
        if (!root.TryGetProperty("rv", out var value) || value.ValueKind == JsonValueKind.Null) return 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var revision) ? revision : throw WrongType(value, "rv", "int64");
    }

    private static StatusException WrongType(JsonElement value, string field, string type) =>
        Bad($": json: cannot unmarshal {GoName(value)} into Go struct field continueToken.{field} of type {type}");

    private static string GoName(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        JsonValueKind.String => "string",
        JsonValueKind.Number => $"number {value.GetRawText()}",
        JsonValueKind.Null => "null",
        _ => "bool",
    };

    private static StatusException Bad(string why) => ApiErrors.BadRequest($"invalid continue token: continue key is not valid{why}");
}
