namespace Coxswain.CoxTests;

public sealed class RestoreSwapTests : IDisposable
{
    private static readonly string[] Old = ["state.db", "state.db-wal", "state.db-mark", "pki/ca.key", "cluster.json"];
    private static readonly string[] New = ["state.db", "state.db-mark", "pki/ca.key", "cluster.json"];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cox-swap-");

    private DataDirectory Data => new(_directory.FullName);

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Commit_PutsTheNewInPlaceAndKeepsTheOldBeside()
    {
        foreach (var name in Old) Write(name, "old");
        foreach (var name in (string[])["state.db.lock", "kubeconfig", "images/a.tar"]) Write(name, "stays");
        foreach (var name in New) Write($"{RestoreSwap.Draft}/{name}", "new");

        var aside = RestoreSwap.Commit(Data, new DateTimeOffset(2030, 1, 2, 3, 4, 5, 6, TimeSpan.Zero));

        Assert.Equal(Path.Combine(_directory.FullName, "before-restore-20300102-030405.006"), aside);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(aside!));
        AssertRestored(Path.GetFileName(aside!));
        Assert.All((string[])["state.db.lock", "kubeconfig", "images/a.tar"], name => Assert.Equal("stays", Read(name)));
    }

    [Fact]
    public void Commit_IntoAnEmptyDirectory_KeepsNothingBeside()
    {
        foreach (var name in New) Write($"{RestoreSwap.Draft}/{name}", "new");

        Assert.Null(RestoreSwap.Commit(Data, DateTimeOffset.UtcNow));

        Assert.Equal(["cluster.json", "pki", "state.db", "state.db-mark"], _directory.EnumerateFileSystemInfos().Select(e => e.Name).Order());
    }

    /// <summary>
    /// Every place at which the process may have died: so many of the moves are done, in the order in which they are done.
    /// </summary>
    [Fact]
    public void Finish_AfterACrashAnywhere_HasTheNewInPlaceAndTheOldBeside()
    {
        const string Aside = "before-restore-1";
        string[] old = ["cluster.json", "pki", "state.db", "state.db-mark", "state.db-wal"], rest = ["cluster.json", "pki", "state.db-mark"];
        (string From, string To)[] moves =
        [
            .. old.Select(n => (n, $"{Aside}/{n}")), ($"{RestoreSwap.Ready}/state.db", "state.db"), .. rest.Select(n => ($"{RestoreSwap.Ready}/{n}", n)),
        ];
        for (var done = 0; done <= moves.Length; done++)
        {
            foreach (var entry in _directory.GetDirectories()) entry.Delete(recursive: true);
            foreach (var entry in _directory.GetFiles()) entry.Delete();
            foreach (var name in Old) Write(name, "old");
            foreach (var name in New) Write($"{RestoreSwap.Ready}/{name}", "new");
            Write($"{RestoreSwap.Ready}/aside", Aside);
            if (done > 0) _directory.CreateSubdirectory(Aside);
            foreach (var (from, to) in moves[..done]) Directory.Move(Path.Combine(_directory.FullName, from), Path.Combine(_directory.FullName, to));
            Assert.True(Data.Exists, $"{done}");

            Assert.Equal(Path.Combine(_directory.FullName, Aside), RestoreSwap.Finish(Data));

            AssertRestored(Aside);
            Assert.Null(RestoreSwap.Finish(Data));
        }
    }

    private void AssertRestored(string aside)
    {
        Assert.All(New, name => Assert.Equal("new", Read(name)));
        Assert.All(Old, name => Assert.Equal("old", Read($"{aside}/{name}")));
        Assert.False(Path.Exists(Path.Combine(_directory.FullName, "state.db-wal")));
        Assert.False(Path.Exists(Data.Combine(RestoreSwap.Ready)) || Path.Exists(Data.Combine(RestoreSwap.Draft)));
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_directory.FullName, name));

    private void Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
