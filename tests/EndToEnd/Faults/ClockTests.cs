using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Faults;

/// <summary>
/// The clock that <c>cox</c> reads is set while Pods run (libfaketime stands between it and the C library; what measures time that passes is left alone). Pods, Events, node and
/// credentials are as before, and the cluster goes on.
/// </summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private const string Identities = "{range .items[*]}{.metadata.uid} {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount} {.metadata.deletionTimestamp}\n{end}";
    private const string Ready = "{range .status.conditions[?(@.type=='Ready')]}{.status} {.lastTransitionTime}{end} {.spec.taints}";

    private static string? Library => Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu*").Select(d => Path.Combine(d, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClockSetAheadAndBack_NothingIsLost_AndTheClusterGoesOn()
    {
        Assert.SkipWhen(Library is null, "needs libfaketime");
        var offset = Path.Combine(Directory.CreateTempSubdirectory("cox-e2e-").FullName, "offset");
        await File.WriteAllTextAsync(offset, "+0", Ct);
        var shared = SharedMemory();
        var cox = new CoxCluster
        {
            Variables = { ["LD_PRELOAD"] = Library!, ["FAKETIME_TIMESTAMP_FILE"] = offset, ["FAKETIME_CACHE_DURATION"] = "1", ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1", ["DONT_FAKE_MONOTONIC"] = "1", ["NO_FAKE_STAT"] = "1" },
        };
        try
        {
            await cox.UpAsync();
            await cox.ImportImagesAsync("busybox");
            var kubectl = cox.Kubectl();
            await kubectl.FeedAsync("create", Manifests.Sleepers(3));
            foreach (var name in (string[])["sleeper-0", "sleeper-1", "sleeper-2"]) await kubectl.PodReadyAsync(name);
            await Eventually.TrueAsync(async () => (await EventsAsync(kubectl)).Count(e => e.EndsWith(" Started", StringComparison.Ordinal)) == 3, "all Events are written");
            var before = await LookAsync(kubectl);
            var events = await EventsAsync(kubectl);
            var token = await TokenAsync(cox, kubectl);

            await SetAsync(Hour);
            Assert.Equal(before, await LookAsync(kubectl));
            Assert.True(await IsGoodAsync(cox, token), "the token that a container holds");
            await Eventually.TrueAsync(async () => await TokenAsync(cox, kubectl) != token, "the container's token is renewed", seconds: 30);
            Assert.Equal(before, await LookAsync(kubectl));

            await SetAsync(-Hour); // two hours back
            Assert.Equal(before, await LookAsync(kubectl));
            Assert.True(await IsGoodAsync(cox, await TokenAsync(cox, kubectl)), "the token made an hour ahead");
            await kubectl.FeedAsync("create", Manifests.Sleeper("new"));
            await kubectl.PodReadyAsync("new");
            await kubectl.LineAsync("delete pod new");
            Assert.Equal(before, await LookAsync(kubectl));
            Assert.Superset(events, await EventsAsync(kubectl));

            async Task SetAsync(TimeSpan by)
            {
                await File.WriteAllTextAsync(offset, by.TotalSeconds.ToString("+0;-0", CultureInfo.InvariantCulture), Ct);
                await Eventually.TrueAsync(async () =>
                {
                    var made = await kubectl.GetAsync("create", "token", "default", "-o", "jsonpath={.metadata.creationTimestamp}");
                    return (DateTime.Parse(made, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal) - DateTime.UtcNow - by).Duration() < TimeSpan.FromMinutes(1);
                }, "cox reads the new time");
            }
        }
        finally
        {
            await cox.DisposeAsync();
            Directory.Delete(Path.GetDirectoryName(offset)!, recursive: true);
            foreach (var left in SharedMemory().Except(shared)) File.Delete(left);
        }
    }

    /// <summary>The library leaves some for each process that did not end by itself.</summary>
    private static string[] SharedMemory() => Directory.GetFiles("/dev/shm", "*faketime_s*");

    /// <summary>Which Pods and containers there are, and how the node stands.</summary>
    private static async Task<string> LookAsync(Kubectl kubectl) =>
        await kubectl.FieldAsync("get pods", Identities) + "\n" + await kubectl.FieldAsync("get node node-1", Ready);

    private static async Task<HashSet<string>> EventsAsync(Kubectl kubectl) =>
        [.. (await kubectl.FieldAsync("get events -A", "{range .items[*]}{.metadata.uid} {.metadata.name} {.reason}\n{end}")).Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    private static Task<string> TokenAsync(CoxCluster cox, Kubectl kubectl) => cox.ExecAsync(kubectl, "sleeper-0", "c", "cat", "/var/run/secrets/kubernetes.io/serviceaccount/token");

    private static async Task<bool> IsGoodAsync(CoxCluster cox, string token)
    {
        using var http = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://127.0.0.1:{cox.Port}/version")) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await http.SendAsync(request, Ct);
        return answer.StatusCode != HttpStatusCode.Unauthorized;
    }
}
