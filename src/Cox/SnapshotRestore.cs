using System.Globalization;
using System.Runtime.CompilerServices;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Store;

namespace Coxswain;

/// <summary>
/// <c>cox snapshot restore</c>. 1. Check the file from beginning to end. 2. Build the cluster's files beside those that are there. 3. Put
/// them in their place; the old ones are kept.
/// </summary>
internal sealed class SnapshotRestore(string path, string file, bool force)
{
    /// <summary>
    /// More than a cluster writes between a snapshot and the loss that it is restored after: no revision is given out twice, and whoever
    /// has seen one of the lost ones is told that it is
    /// too old. etcd's tools propose the same number.
    /// </summary>
    private const long Gap = 1_000_000_000;

    private readonly DataDirectory _directory = new(path);
    private long _newest;

    private string Draft => _directory.Combine(RestoreSwap.Draft);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        try
        {
            // 1.
            await CheckAsync(ct);
            CheckTarget();
            using var held = _directory.Lock();
            RestoreSwap.Finish(_directory);
            try
            {
                // 2.
                var header = await BuildAsync(ct);
                // 3.
                Say(header, RestoreSwap.Commit(_directory, DateTimeOffset.UtcNow));
            }
            finally
            {
                if (Directory.Exists(Draft)) Directory.Delete(Draft, recursive: true);
            }
            return 0;
        }
        catch (SnapshotException e)
        {
            throw new CommandException($"{file} {e.Message}; nothing was changed");
        }
    }

    private void Say(SnapshotHeader header, string? aside)
    {
        var time = header.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        Console.Out.WriteLine(
            $"restored to {_directory.Path}: the cluster as it was at {time} UTC, revision {header.Revision}; resource versions go on from {_newest}");
        if (aside is not null) Console.Out.WriteLine($"what was there is in {aside}");
        Console.Out.WriteLine($"start it with: cox up --data-dir {_directory.Path}");
    }

    private async Task CheckAsync(CancellationToken ct)
    {
        await using var input = Open();
        using var reader = await SnapshotReader.OpenAsync(input, ct);
        var marked = false;
        while (await reader.NextAsync(ct) is { } record)
        {
            if (record is StoredValue value) StoredSnapshot.ProposalFor(value);
            if (record is not SnapshotFile { Name: var name }) continue;
            if (!IsClusterFile(name)) throw new SnapshotException($"holds a file that no cluster has: {name}");
            marked |= name == "cluster.json";
        }
        if (!marked) throw new SnapshotException("holds no cluster.json: it is what a server sent, and not what 'cox snapshot save' wrote");
        if (reader.Values == 0) throw new SnapshotException("holds no objects");
    }

    /// <summary>Exactly these: a name must not lead anywhere else.</summary>
    private static bool IsClusterFile(string name) =>
        name == "cluster.json"
        || (name.Split('/') is ["pki", var key] && key.Length > 4 && Path.GetExtension(key) is ".crt" or ".key"
            && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));

    private void CheckTarget()
    {
        const string Unchanged = "nothing was changed";
        var data = _directory.Path;
        if (_directory.Owner() is { } pid)
            throw new CommandException($"a server runs in {data} (pid {pid}); end it first (kill {pid}, or cox down); {Unchanged}");
        if (!_directory.Exists && new ClusterProcesses(_directory).AnyRuns())
        {
            throw new CommandException(
                $"a cluster that was started in {data} still runs, though its cluster.json is gone; end it with: cox down --data-dir {data}; {Unchanged}");
        }
        if (force || !(_directory.Exists || File.Exists(_directory.Database) || Directory.Exists(_directory.Pki))) return;
        throw new CommandException(
            $"{data} holds a cluster; 'cox snapshot restore --force' puts the snapshot in its place and keeps its files beside; {Unchanged}");
    }

    private async Task<SnapshotHeader> BuildAsync(CancellationToken ct)
    {
        if (Directory.Exists(Draft)) Directory.Delete(Draft, recursive: true);
        DurableFile.CreateDirectory(Draft, DataDirectory.Private);
        await using var input = Open();
        using var reader = await SnapshotReader.OpenAsync(input, ct);
        var after = Math.Max(reader.Header.Revision, SqliteImport.NewestRevision(_directory.Database) ?? 0) + Gap;
        var state = Path.Combine(Draft, "state.db");
        _newest = await SqliteImport.FillAsync(state, TakeAsync(reader, ct), after, StoredSnapshot.ProposalFor, ct);
        File.Delete(state + ".lock");
        CheckRanges();
        foreach (var made in Directory.EnumerateFiles(Draft, "*", SearchOption.AllDirectories)) Flush(made);
        foreach (var directory in Directory.EnumerateDirectories(Draft).Append(Draft)) DurableFile.FlushDirectory(directory);
        return reader.Header;
    }

    /// <summary>Puts the files where they belong, and hands the objects on.</summary>
    private async IAsyncEnumerable<StoredValue> TakeAsync(SnapshotReader reader, [EnumeratorCancellation] CancellationToken ct)
    {
        while (await reader.NextAsync(ct) is { } record)
        {
            if (record is StoredValue value) yield return value;
            else if (record is SnapshotFile kept && IsClusterFile(kept.Name)) Write(kept);
        }
    }

    private void Write(SnapshotFile kept)
    {
        var target = Path.Combine(Draft, kept.Name);
        DurableFile.CreateDirectory(Path.GetDirectoryName(target)!, DataDirectory.Private);
        // Of the mode only what may be: a key is never for others, whatever the snapshot says.
        var mode = kept.Name.EndsWith(".crt", StringComparison.Ordinal) ? kept.Mode & DataDirectory.PublicFile : DurableFile.OwnerOnly;
        DurableFile.Write(target, kept.Content.Span, mode | DurableFile.OwnerOnly);
    }

    /// <summary>Pods that run keep their addresses: they must be of the restored cluster's range.</summary>
    private void CheckRanges()
    {
        var restored = AddressRanges.Load(Path.Combine(Draft, "cluster.json"));
        if (!File.Exists(_directory.ClusterFile) || AddressRanges.Load(_directory.ClusterFile) == restored) return;
        if (!new ClusterProcesses(_directory).AnyRuns()) return;
        throw new CommandException(
            $"Pods run with addresses of the cluster that is in {_directory.Path}, and the snapshot's cluster has others ({restored.Pods}); "
            + $"end them first: cox down --data-dir {_directory.Path}; nothing was changed");
    }

    private static void Flush(string made)
    {
        using var stream = new FileStream(made, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    private FileStream Open()
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 256 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (SystemFailure.Is(e))
        {
            throw new CommandException(SystemFailure.Describe(e));
        }
    }
}
