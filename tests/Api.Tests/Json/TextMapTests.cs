using System.Text;
using System.Text.Json;
using k8s.Models;

namespace Coxswain.Api.Tests;

/// <summary>Maps of texts on the wire: as the codec would write and read them, however long the texts.</summary>
public sealed class TextMapTests
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Escapes, and pairs of surrogates wherever a piece may end.</summary>
    [Theory]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(100_000)]
    public void Encode_LongText_IsWhatTheCodecWritesInOnePiece(int length)
    {
        foreach (var unit in new[] { "x", "line\n", "\"\\\u0001", "é", "😀", "x😀" })
        {
            var text = string.Concat(Enumerable.Repeat(unit, length / unit.Length + 1));
            var plain = JsonSerializer.Serialize(text, Relaxed);

            var json = Kinds.ConfigMaps.Encode(new V1ConfigMap { ApiVersion = "v1", Kind = "ConfigMap", Metadata = new V1ObjectMeta(), Data = new Dictionary<string, string> { ["k"] = text, ["e"] = "" } });

            Assert.Equal("{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{},\"data\":{\"k\":" + plain + ",\"e\":\"\"}}", Encoding.UTF8.GetString(json));
            Assert.Equal(text, Kinds.ConfigMaps.Decode(json).Data["k"]);
        }
    }

    [Theory]
    [InlineData("""{"data":{"a":1}}""")]
    [InlineData("""{"data":[]}""")]
    [InlineData("""{"data":"a"}""")]
    [InlineData("""{"data":{"a":{}}}""")]
    public void Decode_OtherThanTexts_IsRefused(string json) => Assert.Throws<JsonException>(() => KubeJson.Deserialize<V1ConfigMap>(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Decode_AKeyTwice_LastOneCountsUnlessStrict()
    {
        var json = """{"data":{"a":"1","a":"2"}}"""u8.ToArray();
        Assert.Equal("2", KubeJson.Deserialize<V1ConfigMap>(json)!.Data["a"]);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, KubeJson.Strict.GetTypeInfo(typeof(V1ConfigMap))));
    }

    [Fact]
    public void Decode_Nulls_AreNoMapAndNoText()
    {
        Assert.Null(KubeJson.Deserialize<V1ConfigMap>("""{"data":null}"""u8)!.Data);
        Assert.Null(KubeJson.Deserialize<V1ConfigMap>("""{"data":{"a":null}}"""u8)!.Data["a"]);
    }
}
