using System.Diagnostics;
using System.Net.Http.Headers;
using static Coxswain.ApiServer.Tests.Http.Bombs.Bomb;

namespace Coxswain.ApiServer.Tests.Http.Bombs;

[CollectionDefinition(nameof(BombTests), DisableParallelization = true)]
public sealed class AlonePlease;

/// <summary>Small requests that mean much work are answered soon and sensibly, and allocate by their size, not by its square. They run alone, so that what is measured is theirs.</summary>
[Collection(nameof(BombTests))]
public sealed class BombTests : IAsyncLifetime
{
    /// <summary>
    /// Processor time of client and server together: how long it takes depends on what else the machine does. They take some hundred milliseconds at most; without bounds they take from
    /// ten seconds to days, or end the process.
    /// </summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(4);
    /// <summary>What may be allocated on the way, by client and server together: work by the request's size, not by its square.</summary>
    private const long Allocates = 128 << 20, AllocatesForByte = 120;

    private HttpFixture _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await HttpFixture.StartAsync();
        await MakeAsync("/api/v1/namespaces/ns/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
        await MakeAsync("/api/v1/namespaces/ns/configmaps", $"{{\"metadata\":{{\"name\":\"big\"}},\"data\":{{{Each(PatchBombs.Keys, i => $"\"k{i}\":\"\"")}}}}}");
        await MakeAsync("/api/v1/namespaces/ns/configmaps", $"{{\"metadata\":{{\"name\":\"listed\",\"finalizers\":[{Each(PatchBombs.Items, i => $"\"a/f{i}\"")}]}}}}");
        await MakeAsync("/api/v1/namespaces/ns/configmaps", $"{{\"metadata\":{{\"name\":\"owned\",\"ownerReferences\":[{Each(PatchBombs.Owners, i => $"{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"p{i}\",\"uid\":\"u{i}\"}}")}]}}}}");
        await MakeAsync("/apis/apps/v1/namespaces/ns/controllerrevisions", $"{{\"metadata\":{{\"name\":\"big\"}},\"revision\":1,\"data\":{{\"a\":[{Each(PatchBombs.Numbers, _ => "0")}]}}}}");
        await MakeAsync("/apis/apps/v1/namespaces/ns/controllerrevisions", $"{{\"metadata\":{{\"name\":\"deep\"}},\"revision\":1,\"data\":{{\"a\":{Repeat("[", 115)}{Each(600_000, _ => "0")}{Repeat("]", 115)}}}}}");
        await MakeAsync("/api/v1/namespaces/ns/pods", $"{{\"metadata\":{{\"name\":\"big\"}},\"spec\":{{\"automountServiceAccountToken\":false,\"containers\":[{{\"name\":\"c\",\"image\":\"i\",\"args\":[{Each(30_000, i => $"\"{i % 100}\"")}]}}]}}}}");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public static IEnumerable<Bomb> All => [.. YamlBombs.All, .. BodyBombs.All, .. PatchBombs.All, .. QueryBombs.All];

    [Fact]
    public async Task Bomb_OfAnyKind_IsAnsweredSoonAndSensibly()
    {
        await AnswerAsync(new Bomb("warm-up", "GET", "/api/v1/namespaces/ns/pods", 200, ""));
        var faults = new List<string>();
        foreach (var bomb in All)
        {
            if (await TryAsync(bomb) is { } fault) faults.Add($"{bomb.Name}: {fault}");
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private async Task<string?> TryAsync(Bomb bomb)
    {
        var body = bomb.Body?.Invoke();
        var allocated = GC.GetTotalAllocatedBytes();
        var (start, worked) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var (code, text) = await AnswerAsync(bomb, body);
        worked = Environment.CpuUsage.TotalTime - worked;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        var summary = $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms, {worked.TotalMilliseconds:0} ms of work, {body?.Length >> 10} KiB sent, {allocated >> 20} MiB allocated: {code} {text[..Math.Min(text.Length, 300)]}";
        TestContext.Current.TestOutputHelper!.WriteLine($"{bomb.Name}: {summary}");
        if (worked > Soon || code == 0) return $"too slow: {summary}";
        if (allocated > Allocates + AllocatesForByte * (body?.Length ?? 0)) return $"allocates too much: {summary}";
        return (bomb.Code == 0 || code == bomb.Code) && text.Contains(bomb.Says, StringComparison.Ordinal) && (code != 500 || bomb.Code == 500) ? null : $"not {bomb.Code} {bomb.Says}: {summary}";
    }

    private async Task<(int Code, string Text)> AnswerAsync(Bomb bomb, byte[]? body = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(HttpFixture.Ct);
        limit.CancelAfter(HttpFixture.Bound);
        using var request = new HttpRequestMessage(new HttpMethod(bomb.Method), bomb.Path) { Version = new Version(2, 0) };
        if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(bomb.ContentType) } };
        if (bomb.ContentEncoding is { } encoding) request.Content!.Headers.ContentEncoding.Add(encoding);
        if (bomb.Accept is { } accept) request.Headers.TryAddWithoutValidation("Accept", accept);
        try
        {
            using var response = await _server.Admin.SendAsync(request, limit.Token);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(limit.Token));
        }
        catch (OperationCanceledException) when (!HttpFixture.Ct.IsCancellationRequested)
        {
            return (0, "no answer");
        }
    }

    private async Task MakeAsync(string path, string body)
    {
        var made = await _server.SendAsync(HttpMethod.Post, path, body);
        Assert.True(made.Code == 201, made.Body[..Math.Min(made.Body.Length, 500)]);
    }
}
