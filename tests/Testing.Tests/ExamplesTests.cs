using Coxswain.EndToEnd.Harness;

namespace Coxswain.Testing.Tests;

/// <summary>The lessons: one folder each, explained in English with a line in Japanese, and with manifests that a server takes as they are.</summary>
public sealed class ExamplesTests
{
    public static TheoryData<string> Lessons { get; } = new(Directory.EnumerateDirectories(Repository.Example("")).Select(d => Path.GetFileName(d)!).Where(name => char.IsAsciiDigit(name[0])).Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Lessons))]
    public void Lesson_HasAReadmeInEnglishWithALineInJapanese_AndIsListed(string lesson)
    {
        var readme = File.ReadAllLines(Repository.Example($"{lesson}/README.md"));

        Assert.StartsWith("# ", readme[0], StringComparison.Ordinal);
        Assert.Single(readme, line => line.StartsWith("日本語: ", StringComparison.Ordinal) && line.Any(c => c is >= '\u3041' and <= '\u30ff'));
        Assert.Contains($"[{lesson}]({lesson}/)", File.ReadAllText(Repository.Example("README.md")), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Lessons))]
    public async Task Lesson_ItsManifests_AreTakenWithoutAWarning(string lesson)
    {
        var manifests = Directory.EnumerateFiles(Repository.Example(lesson), "*.yaml").ToList();
        Assert.NotEmpty(manifests);
        await using var cluster = await TestCluster.StartAsync(ct: TestContext.Current.CancellationToken);
        var kubectl = new Kubectl(Kubectl.Find()!, cluster.WriteKubeconfig(), "default");
        foreach (var manifest in manifests)
        {
            var created = (await kubectl.RunAsync("create", "--dry-run=server", "-f", manifest)).Succeeded();
            Assert.Equal("", string.Join('\n', created.Error.Split('\n').Where(line => line.Length > 0 && !line.Contains("deprecated", StringComparison.Ordinal))));
        }
    }
}
