namespace Coxswain.Cli.Tests;

public sealed class VerbTests
{
    [Fact]
    public async Task Version_PrintsOursAndKubernetes()
    {
        var cox = new Cox();

        Assert.Equal(0, await cox.RunAsync(["version"]));

        Assert.Equal(("cox 1.2.3 (Kubernetes v1.36.0)\n", ""), (cox.Output, cox.Error));
    }

    [Theory]
    [InlineData("down", "down /var/lib/coxswain")]
    [InlineData("down --data-dir /data", "down /data")]
    [InlineData("reset --data-dir=/data/", "reset /data")]
    [InlineData("reset --force --data-dir /data", "reset /data by force")]
    [InlineData("image ls", "ls /var/lib/coxswain")]
    [InlineData("image import a.tar b.tar --data-dir /data", "import /data a.tar b.tar")]
    [InlineData("image import --data-dir /data a.tar", "import /data a.tar")]
    [InlineData("snapshot save /backup/a.snap", "save /var/lib/coxswain /backup/a.snap")]
    [InlineData("snapshot save --data-dir /data /backup/a.snap", "save /data /backup/a.snap")]
    [InlineData("snapshot restore /backup/a.snap --data-dir /data", "restore /data /backup/a.snap")]
    [InlineData("snapshot restore --force /backup/a.snap", "restore /var/lib/coxswain /backup/a.snap by force")]
    public async Task Verb_IsAskedForItsDirectoryAndFiles(string line, string asked)
    {
        var cox = new Cox();

        Assert.Equal(0, await cox.RunAsync(line.Split(' ')));

        Assert.Equal([asked], cox.Asked);
    }

    [Theory]
    [InlineData("", "cox: needs a command: up, down, reset, image, snapshot, version (see cox --help)")]
    [InlineData("start", "cox: unknown command start (see cox --help)")]
    [InlineData("--verbose", "cox: unknown flag --verbose (see cox --help)")]
    [InlineData("image", "cox image: needs a command: import, ls (see cox image --help)")]
    [InlineData("image rm x", "cox image: unknown command rm (see cox image --help)")]
    [InlineData("image import", "cox image import: needs FILE (see cox image import --help)")]
    [InlineData("image ls x", "cox image ls: unexpected argument x (see cox image ls --help)")]
    [InlineData("snapshot", "cox snapshot: needs a command: save, restore (see cox snapshot --help)")]
    [InlineData("snapshot save", "cox snapshot save: needs FILE (see cox snapshot save --help)")]
    [InlineData("snapshot save a b", "cox snapshot save: unexpected argument b (see cox snapshot save --help)")]
    [InlineData("snapshot save --force a", "cox snapshot save: unknown flag --force (see cox snapshot save --help)")]
    [InlineData("snapshot save --force", "cox snapshot save: unknown flag --force (see cox snapshot save --help)")]
    [InlineData("snapshot restore", "cox snapshot restore: needs FILE (see cox snapshot restore --help)")]
    [InlineData("down now", "cox down: unexpected argument now (see cox down --help)")]
    [InlineData("down --force", "cox down: unknown flag --force (see cox down --help)")]
    [InlineData("down --data-dir", "cox down: --data-dir: needs a value (see cox down --help)")]
    [InlineData("reset --data-dir /", "cox reset: --data-dir: / cannot be a cluster's directory")]
    public async Task Mistake_IsNamedInOneLine(string line, string error)
    {
        var cox = new Cox();

        Assert.Equal(2, await cox.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Equal((error + "\n", ""), (cox.Error, cox.Output));
        Assert.Empty(cox.Asked);
    }
}
