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

    public static ContinueToken Parse(string token)
    {
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(token));
            var version = json.RootElement.GetProperty("v").GetString();
            if (version != Version) throw Bad($"server does not recognize this encoded version \"{version}\"");
            var revision = json.RootElement.GetProperty("rv").GetInt64();
            if (revision == 0) throw Bad($"incorrect encoded start resourceVersion (version {Version})");
            return new ContinueToken(revision, json.RootElement.GetProperty("start").GetString()!.TrimEnd('\0'));
        }
        catch (Exception e) when (e is FormatException or JsonException or KeyNotFoundException or InvalidOperationException or DecoderFallbackException)
        {
            throw Bad(e.Message);
        }
    }

    private static StatusException Bad(string why) => ApiErrors.BadRequest($"invalid continue token: continue key is not valid: {why}");
}
