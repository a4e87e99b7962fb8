using System.Diagnostics;
using System.Globalization;
using Coxswain.Node.Containerd;
using Coxswain.Node.Runtime;
using Coxswain.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Node.Tests.Runtime;

/// <summary>A containerd of ours that runs and answers nothing: stopped as a debugger or a full disk would stop it.</summary>
public sealed class HangingContainerdTests
{
    /// <summary>Three of them without an answer are a hang; a busy machine must not look like one.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhileItIsWatched_IsKilledAndStartedAgain_AndContainersLiveOn()
    {
        Assert.SkipWhen(ContainerdFixture.Missing is not null, ContainerdFixture.Missing ?? "");
        await using var fixture = new ContainerdFixture(Short);
        await fixture.InitializeAsync();
        var runtime = fixture.Host.Runtime;
        var config = new SandboxConfig { Metadata = new SandboxMetadata("p", "default", "u", 0), Hostname = "p" };
        var sandbox = await runtime.RunSandboxAsync(config, Ct);
        var before = await runtime.GetSandboxAsync(sandbox, Ct);
        var pid = fixture.Host.Pid;

        await StopAsync(pid);

        await TestNode.UntilAsync(() => fixture.Host.Pid is not 0 and var now && now != pid);
        await TestNode.UntilAsync(() => !Directory.Exists($"/proc/{pid}"));
        SandboxStatus? after = null;
        await Eventually.TrueAsync(async () => (after = await TryGetAsync(runtime, sandbox)) is not null, Ct);
        Assert.Equal((SandboxState.Ready, before!.Ips[0]), (after!.State, after.Ips[0]));
        await runtime.RemoveSandboxAsync(sandbox, Ct);
    }

    /// <summary>The same when another cox finds it so.</summary>
    [Fact]
    public async Task WhereCoxStarts_IsNotTakenOver()
    {
        Assert.SkipWhen(ContainerdFixture.Missing is not null, ContainerdFixture.Missing ?? "");
        var directory = Directory.CreateTempSubdirectory("cox-node-");
        ContainerdHost Make() => new(new ContainerdOptions { Directory = directory.FullName, CniConfigDirectory = directory.FullName + "/net.d", AnswerLimit = TimeSpan.FromSeconds(1) }, TimeProvider.System, NullLoggerFactory.Instance);
        try
        {
            await using var first = Make();
            await first.StartAsync(Ct);
            await StopAsync(first.Pid);
            await using var second = Make();
            try
            {
                await second.StartAsync(Ct);
                Assert.NotEqual(first.Pid, second.Pid);
                Assert.True((await second.Runtime.GetStatusAsync(Ct)).RuntimeReady.Ready);
            }
            finally { await second.DownAsync(CancellationToken.None); }
        }
        finally { directory.Delete(recursive: true); }
    }

    /// <summary>Others ask it all the time: nothing is asked of it besides. Left alone, it is asked now and then.</summary>
    [Fact]
    public async Task OneThatAnswers_IsLeftAlone()
    {
        Assert.SkipWhen(ContainerdFixture.Missing is not null, ContainerdFixture.Missing ?? "");
        await using var fixture = new ContainerdFixture();
        await fixture.InitializeAsync();
        var pulse = new ContainerdPulse(fixture.Host.Runtime, Short, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var lost = pulse.LostAsync(stop.Token);
        // Nobody else asks: that it was answered meanwhile is the pulse's own doing.
        var last = TimeSpan.Zero;
        var answers = 0;
        await TestNode.UntilAsync(() =>
        {
            var since = fixture.Host.Runtime.SinceLastAnswer;
            if (since < last) answers++;
            last = since;
            return answers >= 2 || lost.IsCompleted;
        });
        Assert.False(lost.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);
    }

    private static async Task StopAsync(int pid) => await Process.Start("kill", ["-STOP", pid.ToString(CultureInfo.InvariantCulture)]).WaitForExitAsync(Ct);

    private static async Task<SandboxStatus?> TryGetAsync(Coxswain.Node.Cri.CriRuntime runtime, string id)
    {
        try { return await runtime.GetSandboxAsync(id, Ct); }
        catch (RuntimeException) { return null; } // not yet
    }
}
