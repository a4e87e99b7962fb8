using System.Text;
using Coxswain.Api;
using Coxswain.Client;
using Coxswain.TestKit;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;

namespace Coxswain.Testing.Tests;

public sealed class EventTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EventTtl_OverAWholeCluster_EndsOnlyWhatNobodyRepeats_AndDisturbsNothing()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { Time = clock, EventTtl = TimeSpan.FromHours(1), NodeMonitorGracePeriod = TimeSpan.FromDays(30) }, Ct);
        await cluster.Client.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("default", "stays"), Ct);
        var stays = await cluster.Client.GetAsync(Kinds.ConfigMaps, "default", "stays", Ct);
        var pod = Kinds.Pods.New("default", "p");
        pod.Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "example" }] };
        await cluster.Client.CreateAsync(Kinds.Pods, pod, Ct);
        // A Pod that comes before its node is seen to be ready is tried again after a second of this clock; all looks together stay under the Events' hour.
        var reasons = new HashSet<string>();
        await Eventually.TrueAsync(async () =>
        {
            reasons = await ReasonsAsync();
            if (reasons.IsSupersetOf(["Scheduled", "Pulled", "Created", "Started"])) return true;
            clock.Advance(TimeSpan.FromMilliseconds(50));
            return false;
        }, Ct, () => string.Join(", ", reasons));
        var before = await cluster.Client.ListAsync(Kinds.Events, "default", new ListOptions(), Ct);
        var (untouched, repeated) = (before.Items.Single(e => e.Reason == "Scheduled").Metadata.Name, before.Items.Single(e => e.Reason == "Started").Metadata.Name);
        var born = clock.GetUtcNow();

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var seen = new List<(WatchEventType Type, string Name)>();
        var watching = WatchAsync();
        var count = 1;
        await AdvanceUntilGoneAsync(untouched, () => cluster.Client.PatchAsync(Kinds.Events, "default", repeated, new Patch(PatchType.Merge, Encoding.UTF8.GetBytes($"{{\"count\":{++count}}}")), null, Ct));

        Assert.InRange(clock.GetUtcNow() - born, TimeSpan.FromHours(1), TimeSpan.FromHours(24));
        Assert.Contains("Started", await ReasonsAsync());
        await AdvanceUntilGoneAsync(repeated, () => Task.CompletedTask);
        Assert.Equal(stays.Metadata.ResourceVersion, (await cluster.Client.GetAsync(Kinds.ConfigMaps, "default", "stays", Ct)).Metadata.ResourceVersion);
        Assert.True(PodState.IsReady(await cluster.Client.GetAsync(Kinds.Pods, "default", "p", Ct)));
        await Eventually.TrueAsync(() => { lock (seen) return seen.Contains((WatchEventType.Deleted, untouched)) && seen.Contains((WatchEventType.Deleted, repeated)); }, Ct);
        Assert.False(watching.IsCompleted); // the watch goes on: it saw deletions, and no error
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);

        async Task WatchAsync()
        {
            await foreach (var e in cluster.Client.WatchAsync(Kinds.Events, "default", new ListOptions { ResourceVersion = before.ResourceVersion }, stop.Token))
                lock (seen) seen.Add((e.Type, e.Value.Metadata.Name));
        }

        async Task AdvanceUntilGoneAsync(string name, Func<Task> meanwhile)
        {
            // What a step of the clock sets off runs on other threads: each is given a moment.
            for (var minutes = 0; await HasAsync(name); minutes += 10)
            {
                Assert.True(minutes < 24 * 60, $"{name} does not go");
                clock.Advance(TimeSpan.FromMinutes(10));
                await meanwhile();
                for (var i = 0; i < 10 && await HasAsync(name); i++) await Task.Delay(5, Ct);
            }
        }

        async Task<bool> HasAsync(string name) => (await cluster.Client.ListAsync(Kinds.Events, "default", new ListOptions(), Ct)).Items.Any(e => e.Metadata.Name == name);

        async Task<HashSet<string>> ReasonsAsync() =>
            [.. (await cluster.Client.ListAsync(Kinds.Events, "default", new ListOptions { FieldSelector = "involvedObject.name=p" }, Ct)).Items.Select(e => e.Reason)];
    }
}
