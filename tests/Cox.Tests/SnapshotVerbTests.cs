using Coxswain.Api;
using Coxswain.Store;
using k8s.Models;

namespace Coxswain.CoxTests;

/// <summary>Without a server. With one: EndToEnd/Lifecycle/SnapshotTests.</summary>
public sealed class SnapshotVerbTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restore_IntoAnEmptyDirectory_BringsObjectsKeysAndRangesBack()
    {
        using var files = await ClusterFiles.CreateAsync("a", "b");
        await SaveAsync(files);
        var target = files.Beside("target");

        Assert.Equal(0, await new SnapshotRestore(target, files.Snapshot, force: false).RunAsync(Ct));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(files.Snapshot));
        Assert.Equal(["a", "b"], (await ClusterFiles.ConfigMapsAsync(target)).Keys.Order());
        var (was, now) = (ClusterFiles.Content(files.Data), ClusterFiles.Content(target));
        Assert.All(was.Keys.Where(k => k.StartsWith("pki/", StringComparison.Ordinal) || k == "cluster.json"), k =>
        {
            Assert.Equal(was[k], now[k]);
            Assert.Equal(File.GetUnixFileMode(Path.Combine(files.Data, k)) & ~(UnixFileMode)(k == "cluster.json" ? 0x3F : 0), File.GetUnixFileMode(Path.Combine(target, k)));
        });
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(target, "pki")));
        Assert.Equal(["cluster.json", "cox.lock", "cox.pid", "pki", "state.db", "state.db.lock"], Directory.EnumerateFileSystemEntries(target).Select(Path.GetFileName).Where(n => n != "state.db-mark").Order());
    }

    [Fact]
    public async Task Restore_InPlace_GoesBackInStateAndForwardInResourceVersions_AndKeepsWhatWasThere()
    {
        using var files = await ClusterFiles.CreateAsync("a", "b");
        await SaveAsync(files);
        var later = await ClusterFiles.OpenAsync(files.Data, async client =>
        {
            await client.DeleteAsync(Kinds.ConfigMaps, "ns", "a", null, Ct);
            for (var i = 0; i < 50; i++) await client.CreateAsync(Kinds.ConfigMaps, new V1ConfigMap { Metadata = new V1ObjectMeta { Name = $"later-{i}", NamespaceProperty = "ns" } }, Ct);
        });

        Assert.Equal(0, await new SnapshotRestore(files.Data, files.Snapshot, force: true).RunAsync(Ct));

        var restored = await ClusterFiles.ConfigMapsAsync(files.Data);
        Assert.Equal(["a", "b"], restored.Keys.Order());
        Assert.All(restored.Values, version => Assert.True(version > later + 999_000_000, $"{version}"));
        Assert.True(restored["a"] < restored["b"]);
        var aside = Assert.Single(Directory.EnumerateDirectories(files.Data, "before-restore-*"));
        Assert.Equal(51, (await ClusterFiles.ConfigMapsAsync(aside)).Count);
        Assert.True(File.Exists(Path.Combine(aside, "pki", "ca.key")));
    }

    [Fact]
    public async Task Restore_Twice_NeverGoesBack()
    {
        using var files = await ClusterFiles.CreateAsync("a");
        await SaveAsync(files);
        var last = 0L;
        for (var i = 0; i < 3; i++)
        {
            await new SnapshotRestore(files.Data, files.Snapshot, force: true).RunAsync(Ct);
            var version = (await ClusterFiles.ConfigMapsAsync(files.Data))["a"];
            Assert.True(version > last + 900_000_000, $"{version} after {last}");
            last = version;
        }
    }

    [Fact]
    public async Task Restore_OverADamagedStore_Works()
    {
        using var files = await ClusterFiles.CreateAsync("a");
        await SaveAsync(files);
        foreach (var file in Directory.EnumerateFiles(files.Data, "state.db*").Where(f => !f.EndsWith(".lock", StringComparison.Ordinal))) await File.WriteAllTextAsync(file, "garbage", Ct);

        Assert.Equal(0, await new SnapshotRestore(files.Data, files.Snapshot, force: true).RunAsync(Ct));

        Assert.Equal(["a"], (await ClusterFiles.ConfigMapsAsync(files.Data)).Keys);
        Assert.Equal("garbage", await File.ReadAllTextAsync(Path.Combine(Directory.EnumerateDirectories(files.Data, "before-restore-*").Single(), "state.db"), Ct));
    }

    [Fact]
    public async Task Restore_OverACluster_IsRefusedWithoutForce()
    {
        using var files = await ClusterFiles.CreateAsync("a");
        await SaveAsync(files);
        await AssertRefusedAsync(files, force: false, $"{files.Data} holds a cluster; 'cox snapshot restore --force' puts the snapshot in its place and keeps its files beside; nothing was changed");
    }

    [Fact]
    public async Task Restore_OfADamagedFile_ChangesNothing()
    {
        using var files = await ClusterFiles.CreateAsync("a", "b", "c");
        await SaveAsync(files);
        var whole = await File.ReadAllBytesAsync(files.Snapshot, Ct);
        var random = new Random(1);
        for (var i = 0; i < 60; i++)
        {
            var at = random.Next(whole.Length);
            var damaged = i % 2 == 0 ? whole[..at] : whole.ToArray();
            if (i % 2 == 1) damaged[at] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(files.Snapshot, damaged, Ct);
            var text = await AssertRefusedAsync(files, force: true, null);
            Assert.Matches($"^{files.Snapshot} (is (empty|damaged: .*|incomplete: .*|not a snapshot of a cluster)|has format .*); nothing was changed$", text);
        }
    }

    [Theory]
    [InlineData("../evil", true, "holds a file that no cluster has: ../evil")]
    [InlineData("pki/../../evil.key", true, "holds a file that no cluster has: pki/../../evil.key")]
    [InlineData("/etc/cron.d/evil", true, "holds a file that no cluster has: /etc/cron.d/evil")]
    [InlineData("pki/ca.crt", false, "holds no cluster.json: it is what a server sent, and not what 'cox snapshot save' wrote")]
    public async Task Restore_OfAFileThatIsNoneOfOurs_IsRefused(string name, bool marked, string reason)
    {
        using var files = await ClusterFiles.CreateAsync("a");
        await using (var stream = File.Create(files.Snapshot))
        {
            var pipe = System.IO.Pipelines.PipeWriter.Create(stream, new System.IO.Pipelines.StreamPipeWriterOptions(leaveOpen: true));
            using var writer = new SnapshotWriter(pipe, new SnapshotHeader("", 1, DateTimeOffset.UtcNow, "test"));
            if (marked) writer.Write(new SnapshotFile("cluster.json", 0, "{}"u8.ToArray()));
            writer.Write(new SnapshotFile(name, UnixFileMode.UserRead, "x"u8.ToArray()));
            writer.End();
            await pipe.CompleteAsync();
        }

        await AssertRefusedAsync(files, force: true, $"{files.Snapshot} {reason}; nothing was changed");
    }

    [Fact]
    public async Task Save_OntoAFullDisk_LeavesTheOldSnapshotAndNothingElse()
    {
        using var files = await ClusterFiles.CreateAsync("a");
        var e = await Assert.ThrowsAsync<CommandException>(() => new SnapshotSave(files.Data, Path.Combine(files.Beside("none"), "a.snapshot")).RunAsync(Ct));
        Assert.Matches("^nothing was saved: .*/none/a.snapshot.[0-9]+.part: no such file or directory$", e.Message);
        e = await Assert.ThrowsAsync<CommandException>(() => new SnapshotSave(files.Data, files.Data).RunAsync(Ct));
        Assert.Equal($"{files.Data} is a directory; name a file", e.Message);
        e = await Assert.ThrowsAsync<CommandException>(() => new SnapshotSave(files.Beside("none"), files.Snapshot).RunAsync(Ct));
        Assert.Equal($"there is no cluster in {files.Beside("none")} (it has no cluster.json)", e.Message);
        Assert.False(File.Exists(files.Snapshot));
    }

    private static async Task SaveAsync(ClusterFiles files) => Assert.Equal(0, await new SnapshotSave(files.Data, files.Snapshot).RunAsync(Ct));

    /// <returns>What was said.</returns>
    private static async Task<string> AssertRefusedAsync(ClusterFiles files, bool force, string? text)
    {
        var before = ClusterFiles.Content(files.Data);
        var e = await Assert.ThrowsAsync<CommandException>(() => new SnapshotRestore(files.Data, files.Snapshot, force).RunAsync(Ct));
        if (text is not null) Assert.Equal(text, e.Message);
        Assert.Equal(before, ClusterFiles.Content(files.Data));
        return e.Message;
    }
}
