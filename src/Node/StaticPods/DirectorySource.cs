using System.Threading.Channels;
using Coxswain.Node.Linux;

namespace Coxswain.Node.StaticPods;

/// <summary>
/// Static Pods from the files of a directory (or from one file). The kernel tells of changes; a file that cannot be read as it stands may be half written and is
/// looked at again before anyone is told. While a file is bad, the Pods it held before go on.
/// </summary>
/// <param name="refused">Called once for each state of a file that is no good: the file and why.</param>
internal sealed class DirectorySource(string path, PodManifest manifest, TimeProvider time, Action<string, string> refused) : IStaticPodSource
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(50), Retry = TimeSpan.FromMilliseconds(250), Safety = TimeSpan.FromMinutes(1), Blind = TimeSpan.FromSeconds(5);
    private const int Tries = 4;

    private readonly Dictionary<string, FileState> _files = [];
    private bool? _isFile; // as found at first: a file that goes does not become a directory

    private sealed record FileState(string Text, IReadOnlyList<StaticPod> Pods, int Failures);

    public string Kind => "file";

    public async Task RunAsync(Action<IReadOnlyList<StaticPod>> changed, CancellationToken ct)
    {
        var wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        FileSystemWatcher? watcher = null;
        var first = true;
        try
        {
            while (true)
            {
                watcher ??= Watch(() => wake.Writer.TryWrite(true));
                var (news, unsettled) = await ScanAsync(ct);
                // The first word must be whole: what it lacks counts as gone.
                if (first ? !unsettled : news)
                {
                    changed([.. _files.Values.SelectMany(f => f.Pods)]);
                    first = false;
                }
                var woken = await WaitAsync(wake.Reader, unsettled ? Retry : watcher is null ? Blind : Safety, ct);
                await Task.Delay(Settle, time, ct); // writers come in bursts
                if (watcher is not null && (woken || unsettled) && Directory.Exists(watcher.Path)) continue;
                // A directory that was taken away is watched no more, though another may stand in its place.
                watcher?.Dispose();
                watcher = null;
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
        finally { watcher?.Dispose(); }
    }

    /// <returns>Null where it cannot be: the machine has only so many watches, and the directory may be out of reach.</returns>
    private FileSystemWatcher? Watch(Action wake)
    {
        try
        {
            var file = _isFile ??= File.Exists(path);
            if (!file) Directory.CreateDirectory(path, PrivateDirectory.Mode); // manifests may hold secrets
            return Watch(file, wake);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException) { return null; }
    }

    private FileSystemWatcher Watch(bool file, Action wake)
    {
        var watcher = new FileSystemWatcher(file ? Path.GetDirectoryName(Path.GetFullPath(path))! : path)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        if (file) watcher.Filter = Path.GetFileName(path);
        watcher.Created += (_, _) => wake();
        watcher.Changed += (_, _) => wake();
        watcher.Deleted += (_, _) => wake();
        watcher.Renamed += (_, _) => wake();
        watcher.Error += (_, _) => wake();
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    /// <returns>Whether something was heard.</returns>
    private async Task<bool> WaitAsync(ChannelReader<bool> wake, TimeSpan atMost, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(atMost, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try { return await wake.ReadAsync(both.Token); }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) { return false; } // time to look anyway
    }

    /// <returns>Whether the Pods changed, and whether a file should be looked at again soon.</returns>
    private async Task<(bool News, bool Unsettled)> ScanAsync(CancellationToken ct)
    {
        var (news, unsettled) = (false, false);
        var present = new HashSet<string>();
        foreach (var file in Files())
        {
            if (await ReadAsync(file, ct) is not { } text) continue;
            present.Add(file);
            var old = _files.GetValueOrDefault(file);
            if (old?.Text == text && (old.Failures == 0 || old.Failures >= Tries)) continue;
            var state = Take(file, text, old);
            news |= !ReferenceEquals(state.Pods, old?.Pods);
            unsettled |= state.Failures is > 0 and < Tries;
            _files[file] = state;
        }
        foreach (var gone in _files.Keys.Where(f => !present.Contains(f)).ToList())
        {
            _files.Remove(gone);
            news = true;
        }
        return (news, unsettled);
    }

    private FileState Take(string file, string text, FileState? old)
    {
        try
        {
            return new FileState(text, manifest.Read(text, file), 0);
        }
        catch (ManifestException e)
        {
            var failures = old?.Text == text ? old.Failures + 1 : 1;
            if (failures == Tries) refused(file, e.Message);
            return new FileState(text, old?.Pods ?? [], failures);
        }
    }

    private IReadOnlyList<string> Files()
    {
        if (File.Exists(path)) return [path];
        try { return [.. Directory.EnumerateFiles(path).Where(f => IsManifest(Path.GetFileName(f))).Order(StringComparer.Ordinal)]; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return []; } // the directory itself is gone
    }

    /// <summary>Not what editors leave lying about.</summary>
    internal static bool IsManifest(string name) =>
        !name.StartsWith('.') && !name.EndsWith('~') && !(name.StartsWith('#') && name.EndsWith('#'))
        && Path.GetExtension(name) is not (".bak" or ".swp" or ".swo" or ".swx" or ".tmp" or ".orig" or ".rej");

    private static async Task<string?> ReadAsync(string file, CancellationToken ct)
    {
        if (FileStatus.Of(file).Kind != FileKind.Regular) return null; // who opens a pipe waits for whoever writes it
        try
        {
            await using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous });
            return await Bounded.ReadTextAsync(stream, PodManifest.MaxLength + 1, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; } // gone again
    }
}
