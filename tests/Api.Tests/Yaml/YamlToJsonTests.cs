using System.Text;

namespace Coxswain.Api.Tests;

public sealed class YamlToJsonTests
{
    [Theory]
    [InlineData("a: yes", "{\"a\":true}")]
    [InlineData("a: \"yes\"", "{\"a\":\"yes\"}")]
    [InlineData("mode: 0644", "{\"mode\":420}")]
    [InlineData("a: 0x1F", "{\"a\":31}")]
    [InlineData("a: 1_000", "{\"a\":1000}")]
    [InlineData("a: -5", "{\"a\":-5}")]
    [InlineData("a: 1.50", "{\"a\":1.5}")]
    [InlineData("a: 1e3", "{\"a\":1000}")]
    [InlineData("a: 09", "{\"a\":9}")]
    [InlineData("a: 1.2.3", "{\"a\":\"1.2.3\"}")]
    [InlineData("a: ~\nb:", "{\"a\":null,\"b\":null}")]
    [InlineData("a: 2026-01-01", "{\"a\":\"2026-01-01\"}")]
    [InlineData("a: !!str 5", "{\"a\":\"5\"}")]
    [InlineData("1: a\ntrue: b", "{\"1\":\"a\",\"true\":\"b\"}")]
    [InlineData("- [x, {k: z}]", "[[\"x\",{\"k\":\"z\"}]]")]
    [InlineData("a: |\n  one\n  two\n", "{\"a\":\"one\\ntwo\\n\"}")]
    [InlineData("a: &x {k: v}\nb: *x", "{\"a\":{\"k\":\"v\"},\"b\":{\"k\":\"v\"}}")]
    [InlineData("a: &x {k: v, l: w}\nb:\n  <<: *x\n  k: own", "{\"a\":{\"k\":\"v\",\"l\":\"w\"},\"b\":{\"k\":\"own\",\"l\":\"w\"}}")]
    [InlineData("{\"a\": [1, \"é\"]}", "{\"a\":[1,\"é\"]}")]
    public void Convert_Scalars_MeanWhatYaml11Says(string yaml, string json) => Assert.Equal(json, Convert(yaml));

    [Fact]
    public void Convert_DuplicateKeys_AreBothWritten() => Assert.Equal("{\"a\":1,\"a\":2}", Convert("a: 1\na: 2"));

    [Fact]
    public void ConvertAll_SeveralDocuments_SkipsEmptyOnes()
    {
        var documents = YamlToJson.ConvertAll("---\na: 1\n---\n# nothing\n---\nb: 2\n...\n").Select(Encoding.UTF8.GetString);
        Assert.Equal(["{\"a\":1}", "{\"b\":2}"], documents);
    }

    [Fact]
    public void Convert_BadIndentation_NamesTheLine()
    {
        var e = Assert.Throws<YamlFormatException>(() => Convert("a: 1\nb: c: d\n"));
        Assert.Equal(2, e.Line);
        Assert.StartsWith("error converting YAML to JSON: yaml: line 2: ", e.Message);
    }

    [Fact]
    public void Convert_BillionLaughs_IsRefused()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++) text.AppendLine($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]");
        Assert.Contains("excessive aliasing", Assert.Throws<YamlFormatException>(() => Convert(text.ToString())).Message);
    }

    [Fact]
    public void Convert_SeveralDocuments_IsTheFirst() => Assert.Equal("null", Convert("---\n---\na: 1\n"));

    [Theory]
    [InlineData("a: &a {k: 1, l: 2}\nb: &b {l: 3, m: 4}\nc: {<<: [*a, *b], m: 5}", "{\"m\":5,\"k\":1,\"l\":2}")]
    [InlineData("a: &a {k: 1}\nb: &b {<<: *a, l: 2}\nc: {<<: *b}", "{\"l\":2,\"k\":1}")]
    [InlineData("a: &a {k: 1}\nb: &b {<<: *a}\nc: {<<: [*b, {k: 2}]}", "{\"k\":1}")]
    public void Convert_MergeKeys_TakeEachKeyOnceFromWhereItIsNearest(string yaml, string merged) => Assert.EndsWith($"\"c\":{merged}}}", Convert(yaml));

    /// <summary>As many aliases as upstream's parser allows for a document of this size.</summary>
    [Fact]
    public void Convert_ManyAliasesOfLittle_IsNoBomb()
    {
        var text = new StringBuilder("a: &a {k: v}\nb:\n");
        for (var i = 0; i < 20_000; i++) text.AppendLine("- *a");
        Assert.EndsWith("{\"k\":\"v\"}]}", Convert(text.ToString()));
    }

    [Fact]
    public void Convert_WhenTheCallerGoes_Ends()
    {
        using var gone = new CancellationTokenSource();
        gone.Cancel();
        Assert.Throws<OperationCanceledException>(() => YamlToJson.Convert("a: 1"u8, gone.Token));
    }

    [Fact]
    public void FirstDuplicateAndLineOf_OfMergesOfMerges_AreFound()
    {
        var text = new StringBuilder("a0: &a0 {x: 1}\n");
        for (var i = 1; i < 8; i++) text.AppendLine($"a{i}: &a{i} {{x: 1, <<: *a{i - 1}, <<: *a{i - 1}}}");
        var document = Assert.Single(YamlToJson.ReadAll(text.ToString(), TestContext.Current.CancellationToken));
        Assert.Equal(("<<", 2), document.FirstDuplicate());
        Assert.Equal(8, document.LineOf("$.a7.y"));
        Assert.Equal(8, document.LineOf("$.a7.x"));
    }

    [Fact]
    public void Convert_ChainOfAliases_DoesNotExhaustTheStack()
    {
        var text = new StringBuilder("a0: &a0 {x: 1}\n");
        for (var i = 1; i < 20_000; i++) text.AppendLine($"a{i}: &a{i} {{y: *a{i - 1}}}");
        Assert.Throws<YamlFormatException>(() => Convert(text.ToString()));
    }

    [Fact]
    public void Convert_DeepNesting_IsRefused() =>
        Assert.Contains("exceeded max depth", Assert.Throws<YamlFormatException>(() => Convert(new string('[', 100_000))).Message);

    [Fact]
    public void Convert_AliasOfItself_IsRefused() =>
        Assert.Contains("contains itself", Assert.Throws<YamlFormatException>(() => Convert("a: &x [*x]")).Message);

    private const string Manifest = """
        kind: Pod
        metadata:
          name: web
          annotations: {a.b: c}
        base: &base
          image: nginx
        spec:
          containers:
            - name: one
              <<: *base
            - name: two
        """;

    [Theory]
    [InlineData("$", 1)]
    [InlineData("$.kind", 1)]
    [InlineData("$.metadata.name", 3)]
    [InlineData("$.metadata.annotations['a.b']", 4)]
    [InlineData("$.spec.containers[1].name", 11)]
    [InlineData("$.spec.containers[0].image", 6)]
    [InlineData("$.spec.containers[1].nowhere.at.all", 11)]
    [InlineData("$.spec.containers[7]", 9)]
    public void LineOf_Path_IsTheValuesOrTheNearestAround(string path, int line) => Assert.Equal(line, Assert.Single(YamlToJson.ReadAll(Manifest, TestContext.Current.CancellationToken)).LineOf(path));

    [Theory]
    [InlineData("a: 1\nb: {c: 1, d: 2}\n", null, 0)]
    [InlineData("a: 1\nb:\n  - c: 1\n    c: 2\n", "c", 4)]
    [InlineData("a: 1\na: 2\n", "a", 2)]
    public void FirstDuplicate_KeyTwice_IsFoundWithItsLine(string yaml, string? key, long line) =>
        Assert.Equal(key is null ? null : (key, line), Assert.Single(YamlToJson.ReadAll(yaml, TestContext.Current.CancellationToken)).FirstDuplicate());

    private static string Convert(string yaml) => Encoding.UTF8.GetString(YamlToJson.Convert(Encoding.UTF8.GetBytes(yaml)));
}
