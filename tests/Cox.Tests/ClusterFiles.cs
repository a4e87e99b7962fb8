using Coxswain.Api;
using Coxswain.ApiServer;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using Coxswain.Store;
using k8s.Models;

namespace Coxswain.CoxTests;

/// <summary>A data directory as a server leaves it, with some objects in its store.</summary>
internal sealed class ClusterFiles : IDisposable
{
    private readonly DirectoryInfo _outer = Directory.CreateTempSubdirectory("cox-files-");

    public string Data => Path.Combine(_outer.FullName, "data");
    public string Snapshot => Path.Combine(_outer.FullName, "a.snapshot");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string Beside(string name) => Path.Combine(_outer.FullName, name);

    public static async Task<ClusterFiles> CreateAsync(params string[] configMaps)
    {
        var files = new ClusterFiles();
        Directory.CreateDirectory(files.Data);
        await File.WriteAllTextAsync(Path.Combine(files.Data, "cluster.json"), """{"podCidr":"10.215.0.0/16","serviceCidr":"10.216.0.0/16"}""", Ct);
        using (ClusterPki.LoadOrCreate(new PkiOptions { Directory = Path.Combine(files.Data, "pki"), NodeName = "n1" }, TimeProvider.System)) { }
        await ClusterFiles.OpenAsync(files.Data, async client =>
        {
            foreach (var ns in (string[])["kube-system", "ns"]) await client.CreateAsync(Kinds.Namespaces, new V1Namespace { Metadata = new V1ObjectMeta { Name = ns } }, Ct);
            foreach (var name in configMaps) await client.CreateAsync(Kinds.ConfigMaps, new V1ConfigMap { Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "ns" } }, Ct);
        });
        return files;
    }

    /// <summary>Works on the objects in a data directory that no server has open; gives the store's newest revision afterwards.</summary>
    public static async Task<long> OpenAsync(string data, Func<InProcessClient, Task> work)
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(data, "state.db"), ct: Ct);
        await work(new InProcessClient(new ApiServerCore(store, TimeProvider.System, ResourceCatalog.All, new PipelineOptions()), new UserInfo("admin", [UserInfo.Masters])));
        return store.Revision;
    }

    /// <summary>Name and resourceVersion of each.</summary>
    public static async Task<Dictionary<string, long>> ConfigMapsAsync(string data)
    {
        var found = new Dictionary<string, long>();
        await OpenAsync(data, async client =>
        {
            foreach (var map in (await client.ListAsync(Kinds.ConfigMaps, "ns", new Client.ListOptions(), Ct)).Items) found.Add(map.Metadata.Name, long.Parse(map.Metadata.ResourceVersion));
        });
        return found;
    }

    /// <summary>Every file with its content.</summary>
    public static Dictionary<string, string> Content(string directory) =>
        Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal) && Path.GetFileName(f) != "cox.pid")
            .ToDictionary(f => Path.GetRelativePath(directory, f), f => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))));

    public void Dispose() => _outer.Delete(recursive: true);
}
