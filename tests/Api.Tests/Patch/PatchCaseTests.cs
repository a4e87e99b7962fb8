using System.Text;
using System.Text.Json.Nodes;

namespace Coxswain.Api.Tests.Patch;

/// <summary>Each folder of <c>Cases/</c> holds a document (in), a patch named for how it is read, and what comes of it (want) or how it fails (fails).</summary>
public sealed class PatchCaseTests
{
    private static readonly string Cases = Path.Combine(AppContext.BaseDirectory, "Patch", "Cases");

    public static TheoryData<string> Names() => [.. Directory.GetDirectories(Cases).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Patch_Case_GivesWhatIsWanted(string name)
    {
        var folder = Path.Combine(Cases, name);
        var document = Read(folder, "in")!;

        if (Read(folder, "fails") is { } fails)
        {
            var error = Assert.Throws<PatchException>(() => Apply(folder, document));
            var wanted = (string)JsonNode.Parse(fails)!;
            Assert.Equal(wanted, wanted.Contains(':') ? $"{error.Failure}: {error.Message}" : error.Failure.ToString());
            return;
        }
        var got = JsonNode.Parse(Apply(folder, document));
        Assert.Equal(JsonNode.Parse(Read(folder, "want")!)!.ToJsonString(), got!.ToJsonString());
    }

    [Fact]
    public void JsonPatch_TooManyOperations_IsTooLarge()
    {
        var patch = $"[{string.Join(',', Enumerable.Repeat("{\"op\":\"test\",\"path\":\"/a\",\"value\":1}", 10_001))}]";

        var error = Assert.Throws<PatchException>(() => JsonPatch.Apply("{\"a\":1}"u8.ToArray(), Encoding.UTF8.GetBytes(patch)));

        Assert.Equal((PatchFailure.TooLarge, "The allowed maximum operations in a JSON patch is 10000, got 10001"), (error.Failure, error.Message));
    }

    [Fact]
    public void JsonPatch_CopiesThatDouble_AreStopped()
    {
        var copies = string.Join(',', Enumerable.Range(0, 40).Select(i => $"{{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/x{i}\"}}"));

        var error = Assert.Throws<PatchException>(() => JsonPatch.Apply("{\"a\":{\"b\":1}}"u8.ToArray(), Encoding.UTF8.GetBytes($"[{copies}]")));

        Assert.Equal(PatchFailure.Inapplicable, error.Failure);
    }

    [Fact]
    public void MergePatch_TooDeep_IsMalformed()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200);

        Assert.Equal(PatchFailure.Malformed, Assert.Throws<PatchException>(() => MergePatch.Apply("{}"u8.ToArray(), Encoding.UTF8.GetBytes(deep))).Failure);
    }

    private static byte[] Apply(string folder, string document)
    {
        var json = Encoding.UTF8.GetBytes(document);
        if (Read(folder, "json") is { } patch) return JsonPatch.Apply(json, Encoding.UTF8.GetBytes(patch));
        if (Read(folder, "merge") is { } merge) return MergePatch.Apply(json, Encoding.UTF8.GetBytes(merge));
        return StrategicMergePatch.Apply(json, Encoding.UTF8.GetBytes(Read(folder, "strategic")!), Schemas.Of(TypeOf(document))!);
    }

    private static Type TypeOf(string document) => (string)JsonNode.Parse(document)!["kind"]! switch
    {
        "Pod" => Kinds.Pods.ClrType,
        "Service" => Kinds.Services.ClrType,
        _ => Kinds.Deployments.ClrType,
    };

    private static string? Read(string folder, string name)
    {
        var file = Path.Combine(folder, name + ".json");
        return File.Exists(file) ? File.ReadAllText(file) : null;
    }
}
