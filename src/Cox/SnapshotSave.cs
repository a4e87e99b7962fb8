using System.Globalization;
using System.IO.Pipelines;
using Coxswain.Api;
using Coxswain.ApiServer.Http;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Client;
using Coxswain.Store;

namespace Coxswain;

/// <summary>
/// <c>cox snapshot save</c>: the objects, at one revision, from the running server or, when there is none, from the store's file; keys and
/// address ranges from the data directory. The
/// file appears under its name once all of it is on the disk.
/// </summary>
internal sealed class SnapshotSave(string path, string file)
{
    private readonly DataDirectory _directory = new(path);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (!_directory.Exists) throw new CommandException($"there is no cluster in {_directory.Path} (it has no cluster.json)");
        if (Directory.Exists(file)) throw new CommandException($"{file} is a directory; name a file");
        var draft = $"{file}.{Environment.ProcessId}.part";
        try
        {
            var said = await WriteAsync(draft, ct);
            DurableFile.Move(draft, file, overwrite: true);
            Console.Out.WriteLine($"{said}, saved to {file}");
            return 0;
        }
        catch (SnapshotException e)
        {
            throw new CommandException($"what the server sent {e.Message}; nothing was saved");
        }
        catch (HttpIOException)
        {
            throw new CommandException("the server broke off before the end; nothing was saved");
        }
        catch (Exception e) when (SystemFailure.Is(e))
        {
            throw new CommandException($"nothing was saved: {SystemFailure.Describe(e)}");
        }
        finally
        {
            if (File.Exists(draft)) File.Delete(draft);
        }
    }

    private async Task<string> WriteAsync(string draft, CancellationToken ct)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = DurableFile.OwnerOnly, BufferSize = 0 };
        await using var output = new FileStream(draft, options);
        var pipe = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        await using var source = await OpenAsync(ct);
        using var writer = new SnapshotWriter(pipe, source.Header with { Writer = $"cox {Versions.Cox}" });
        foreach (var kept in Files()) writer.Write(kept);
        await foreach (var value in source.ValuesAsync(ct))
        {
            writer.Write(value);
            if (writer.WantsFlush) await pipe.FlushAsync(ct);
        }
        writer.End();
        await pipe.CompleteAsync();
        output.Flush(flushToDisk: true);
        return string.Create(
            CultureInfo.InvariantCulture, $"revision {source.Header.Revision}: {writer.Values} objects and {writer.Files} files, {output.Length} bytes");
    }

    /// <summary>What makes it the same cluster: clients trust its CA, Pods its token key, and both know its addresses.</summary>
    private IEnumerable<SnapshotFile> Files()
    {
        var keys = Directory.EnumerateFiles(_directory.Pki).Where(f => Path.GetExtension(f) is ".crt" or ".key").Order(StringComparer.Ordinal);
        return from name in keys.Append(_directory.ClusterFile)
               select new SnapshotFile(Path.GetRelativePath(_directory.Path, name), File.GetUnixFileMode(name), File.ReadAllBytes(name));
    }

    private async Task<SnapshotSource> OpenAsync(CancellationToken ct)
    {
        if (_directory.Owner() is not null) return await FromServerAsync(ct);
        var held = _directory.Lock();
        try
        {
            RestoreSwap.Finish(_directory);
            if (!File.Exists(_directory.Database))
                throw new CommandException($"{_directory.Path} holds no state (it has no state.db): the cluster never ran, or with --store memory");
            var store = await SqliteStore.OpenAsync(_directory.Database, ct: ct);
            return new SnapshotSource.Stored(StoredSnapshot.HeaderOf(store.Range("/")!, DateTimeOffset.UtcNow, ""), store, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private async Task<SnapshotSource> FromServerAsync(CancellationToken ct)
    {
        KubeConfig config;
        try { config = KubeConfig.Load(_directory.Kubeconfig); }
        catch (Exception e) when (e is InvalidDataException || SystemFailure.Is(e))
        {
            throw new CommandException(
                $"the server in {_directory.Path} cannot be asked without its kubeconfig, and that cannot be read: {e.Message}");
        }
        var client = new HttpApiClient(config);
        try
        {
            var body = await client.OpenAsync(ApiServerHost.SnapshotPath, ct);
            return new SnapshotSource.Streamed(await SnapshotReader.OpenAsync(body, ct), body, client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
