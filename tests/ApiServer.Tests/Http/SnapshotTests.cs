using System.Net;
using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Http;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Client;
using Coxswain.Store;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

public sealed class SnapshotTests
{
    private static CancellationToken Ct => HttpFixture.Ct;

    [Fact]
    public async Task Snapshot_WhileFourWrite_IsOneRevision_WithAllThatWasAcknowledgedBefore()
    {
        await using var server = await HttpFixture.StartAsync();
        using var client = new HttpApiClient(KubeConfig.Load(server.KubeConfigPath));
        var writers = Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                // A pair, the second only after the first: no revision has a second one alone.
                await server.CreateConfigMapAsync($"w{w}-{i}-a");
                await server.CreateConfigMapAsync($"w{w}-{i}-b");
                await Task.Yield();
            }
        }, Ct)).ToArray();
        var rounds = 0;
        do
        {
            var before = server.Core.Store.Range("/registry/configmaps/")!;
            var (header, values) = await ReadAsync(client);

            Assert.True(header.Revision >= before.Revision);
            var keys = values.Select(v => v.Key).ToHashSet();
            Assert.Equal(values.Count, keys.Count);
            Assert.DoesNotContain(values, v => v.Revision > header.Revision);
            Assert.DoesNotContain(before.Values, v => !keys.Contains(v.Key));
            Assert.DoesNotContain(keys, k => k.EndsWith("-b", StringComparison.Ordinal) && !keys.Contains(k[..^1] + "a"));
            Assert.Equal(values.Select(v => v.Revision).Order(), values.Select(v => v.Revision));
        }
        while (++rounds < 20 && writers.Any(w => !w.IsCompleted));
        await Task.WhenAll(writers);
        Assert.Equal(800, (await ReadAsync(client)).Values.Count(v => v.Key.StartsWith("/registry/configmaps/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Restored_ObjectsHaveNewResourceVersionsAndNothingElseIsNew_AndOldWatchesAre410()
    {
        await using var old = await HttpFixture.StartAsync();
        for (var i = 0; i < 3; i++) await old.CreateConfigMapAsync($"c{i}");
        using var client = new HttpApiClient(KubeConfig.Load(old.KubeConfigPath));
        var (header, values) = await ReadAsync(client);
        var directory = Directory.CreateTempSubdirectory("restore-");
        try
        {
            var path = Path.Combine(directory.FullName, "state.db");
            var after = header.Revision + 1_000_000_000;
            await SqliteImport.FillAsync(path, values.ToAsyncEnumerable(), after, StoredSnapshot.ProposalFor, Ct);
            await using var restored = await HttpFixture.StartAsync(store: await SqliteStore.OpenAsync(path, ct: Ct), furnish: false);

            var was = await old.Client.GetAsync(Kinds.ConfigMaps, "ns", "c1", Ct);
            var now = await restored.Client.GetAsync(Kinds.ConfigMaps, "ns", "c1", Ct);
            Assert.InRange(long.Parse(now.Metadata.ResourceVersion), after + 1, restored.Core.Store.Revision);
            now.Metadata.ResourceVersion = was.Metadata.ResourceVersion;
            Assert.Equal(Encoding.UTF8.GetString(Kinds.ConfigMaps.Encode(was)), Encoding.UTF8.GetString(Kinds.ConfigMaps.Encode(now)));
            var (code, body) = await restored.SendAsync(HttpMethod.Get, $"/api/v1/configmaps?watch=1&resourceVersion={header.Revision}&timeoutSeconds=5");
            Assert.Equal(200, code);
            Assert.Contains($"\"message\":\"too old resource version: {header.Revision} ({restored.Core.Store.Revision})\",\"reason\":\"Expired\",\"code\":410", body, StringComparison.Ordinal);
            Assert.Equal(409, (await restored.SendAsync(HttpMethod.Put, "/api/v1/namespaces/ns/configmaps/c1", Encoding.UTF8.GetString(Kinds.ConfigMaps.Encode(was)))).Code); // an update based on the old state
        }
        finally { directory.Delete(recursive: true); }
    }

    [Fact]
    public async Task Snapshot_IsForMastersOnly_AndReadOnly()
    {
        await using var server = await HttpFixture.StartAsync();
        var account = await server.Client.CreateAsync(Kinds.ServiceAccounts, new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "sa", NamespaceProperty = "ns" } }, Ct);
        var token = (await server.Tokens.IssueAsync(account, new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { Audiences = [] } }, null, Ct)).Token;

        Assert.Equal(401, (await server.SendAsync(HttpMethod.Get, ApiServerHost.SnapshotPath, by: server.ClientWith(null))).Code);
        var (code, body) = await server.SendAsync(HttpMethod.Get, ApiServerHost.SnapshotPath, by: server.ClientWith(null, token));
        Assert.Equal(403, code);
        Assert.Contains("forbidden: User \\\"system:serviceaccount:ns:sa\\\" cannot get path \\\"/coxswain.dev/v1/snapshot\\\"", body, StringComparison.Ordinal);
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Get, ApiServerHost.SnapshotPath, by: server.ClientWith(server.Pki.NodeCertificate))).Code);
        Assert.Equal(405, (await server.SendAsync(HttpMethod.Post, ApiServerHost.SnapshotPath, "")).Code);
        using var answer = await server.RequestAsync(HttpMethod.Get, ApiServerHost.SnapshotPath);
        Assert.Equal((HttpStatusCode.OK, "application/vnd.coxswain.snapshot"), (answer.StatusCode, $"{answer.Content.Headers.ContentType}"));
        Assert.DoesNotContain("PRIVATE KEY", Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync(Ct)), StringComparison.Ordinal);
    }

    private static async Task<(SnapshotHeader Header, List<StoredValue> Values)> ReadAsync(HttpApiClient client)
    {
        await using var body = await client.OpenAsync(ApiServerHost.SnapshotPath, Ct);
        using var reader = await SnapshotReader.OpenAsync(body, Ct);
        var values = new List<StoredValue>();
        while (await reader.NextAsync(Ct) is { } record) values.Add(Assert.IsType<StoredValue>(record));
        return (reader.Header, values);
    }
}
