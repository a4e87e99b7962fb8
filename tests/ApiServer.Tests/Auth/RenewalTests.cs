using System.Security.Cryptography.X509Certificates;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Tests.Pipeline;

namespace Coxswain.ApiServer.Tests.Auth;

/// <summary>Certificates of a server that runs for long, by a clock of the test's own.</summary>
public sealed class RenewalTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("renewal").FullName;
    private readonly FixedClock _clock = new();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private string KubeConfig => Path.Combine(_directory, "kubeconfig");

    private ClusterPki Load() => ClusterPki.LoadOrCreate(new PkiOptions { Directory = Path.Combine(_directory, "pki"), NodeName = "n1" }, _clock);

    /// <summary>One step of the clock, and all that comes of it done.</summary>
    private async Task StepAsync(TimeSpan by)
    {
        var before = _clock.TimersMade;
        _clock.Advance(by);
        await UntilAsync(() => _clock.TimersMade > before);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition()) await Task.Delay(1, limit.Token);
    }

    [Fact]
    public async Task Certificates_NearTheirEnd_AreRenewedOnDiskAndInTheKubeconfig()
    {
        using var pki = Load();
        pki.WriteKubeConfig(KubeConfig, new Uri("https://127.0.0.1:6443"));
        var (serving, admin, node) = (pki.ServingCertificate, pki.AdminCertificate, pki.NodeCertificate);
        var keeping = pki.KeepAsync(_stop.Token);
        await StepAsync(TimeSpan.FromDays(274));
        Assert.Same(serving, pki.ServingCertificate);
        await StepAsync(TimeSpan.FromDays(2));

        Assert.NotEqual((serving.Thumbprint, admin.Thumbprint, node.Thumbprint), (pki.ServingCertificate.Thumbprint, pki.AdminCertificate.Thumbprint, pki.NodeCertificate.Thumbprint));
        foreach (var (file, held) in new[] { ("apiserver", pki.ServingCertificate), ("admin", pki.AdminCertificate), ("node", pki.NodeCertificate) })
        {
            using var onDisk = X509Certificate2.CreateFromPemFile(Path.Combine(_directory, "pki", $"{file}.crt"), Path.Combine(_directory, "pki", $"{file}.key"));
            Assert.Equal(held.Thumbprint, onDisk.Thumbprint);
            Assert.True(held.NotAfter > _clock.GetUtcNow().AddDays(364).LocalDateTime);
        }
        var written = await File.ReadAllTextAsync(KubeConfig, _stop.Token);
        Assert.Contains(Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(pki.AdminPem().Certificate)), written, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KubeConfig));
        await _stop.CancelAsync();
        await keeping;
    }

    [Fact]
    public async Task Renewal_ThatCannotBeWritten_IsTriedAgain()
    {
        using var pki = Load();
        pki.WriteKubeConfig(KubeConfig, new Uri("https://127.0.0.1:6443"));
        var old = await File.ReadAllTextAsync(KubeConfig, _stop.Token);
        Directory.CreateDirectory($"{KubeConfig}.new"); // in the way
        var keeping = pki.KeepAsync(_stop.Token);
        await StepAsync(TimeSpan.FromDays(300));
        Assert.Equal(old, await File.ReadAllTextAsync(KubeConfig, _stop.Token));
        Directory.Delete($"{KubeConfig}.new");
        await StepAsync(TimeSpan.FromMinutes(1));

        Assert.NotEqual(old, await File.ReadAllTextAsync(KubeConfig, _stop.Token));
        await _stop.CancelAsync();
        await keeping;
    }

    [Fact]
    public void ServingCertificate_AfterAJumpOfTheClock_IsValidForWhoConnects()
    {
        using var pki = Load();
        var first = pki.ServingNow();
        _clock.Advance(TimeSpan.FromDays(400));
        var later = pki.ServingNow();
        Assert.NotSame(first, later);
        Assert.InRange(_clock.GetUtcNow().LocalDateTime, later.NotBefore, later.NotAfter);
        _clock.Advance(TimeSpan.FromDays(-200));
        var back = pki.ServingNow();

        Assert.NotSame(later, back);
        Assert.InRange(_clock.GetUtcNow().LocalDateTime, back.NotBefore, back.NotAfter);
        Assert.Same(back, pki.ServingNow());
    }

    [Fact]
    public async Task Certificates_OfAnAuthorityNearItsEnd_EndWithItAndAreNotRenewedOverAndOver()
    {
        using var pki = Load();
        var keeping = pki.KeepAsync(_stop.Token);
        await StepAsync(TimeSpan.FromDays(3649.5));
        var last = pki.ServingCertificate;
        Assert.Equal(pki.Authority.NotAfter, last.NotAfter);
        await StepAsync(TimeSpan.FromHours(1));
        Assert.Same(last, pki.ServingCertificate);
        await StepAsync(TimeSpan.FromDays(1)); // past the end of all

        Assert.Same(last, pki.ServingNow());
        await _stop.CancelAsync();
        await keeping;
    }
}
