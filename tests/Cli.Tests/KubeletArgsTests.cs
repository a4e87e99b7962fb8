namespace Coxswain.Cli.Tests;

public sealed class KubeletArgsTests
{
    [Fact]
    public async Task KubeletArgs_AsInTheTutorial_AddTheirFlags()
    {
        var cox = new Cox();

        Assert.Equal(0, await cox.RunAsync(["up", "--data-dir", "/data"], "--cluster-dns=10.254.0.10 --cluster-domain=kube.local  --pod-manifest-path=/etc/kubelet.d/\n"));

        Assert.Equal(("/data", "10.254.0.10", "kube.local", "/etc/kubelet.d/"), (cox.Up!.DataDirectory, $"{cox.Up.ClusterDns}", cox.Up.ClusterDomain, cox.Up.PodManifestPath));
    }

    [Theory]
    [InlineData("--cluster-domain=other.local", "--cluster-domain kube.local")]
    [InlineData("--cluster-domain other.local", "--cluster-domain=kube.local")]
    [InlineData("--config=/other --cluster-domain=kube.local", "--pod-manifest-path=/mine")]
    [InlineData("--pod-manifest-path /other --cluster-domain=kube.local", "--config=/mine")]
    public async Task Flag_OnTheCommandLineToo_IsTakenFromThere(string kubeletArgs, string flags)
    {
        var cox = new Cox();

        Assert.Equal(0, await cox.RunAsync(["up", .. flags.Split(' ')], kubeletArgs));

        Assert.Equal("kube.local", cox.Up!.ClusterDomain);
        Assert.Equal(flags.Contains("/mine", StringComparison.Ordinal) ? "/mine" : "/var/lib/coxswain/static-pods", cox.Up.PodManifestPath);
    }

    [Theory]
    [InlineData("--fail-swap-on=false", "cox up: unknown flag --fail-swap-on=false; KUBELET_ARGS adds --fail-swap-on=false (see cox up --help)\n")]
    [InlineData(" --cluster-dns=dns ", "cox up: --cluster-dns: \"dns\" is not an IP address; KUBELET_ARGS adds --cluster-dns=dns\n")]
    public async Task BadFlagOrValue_IsNamedWithTheVariableItCameFrom(string kubeletArgs, string error)
    {
        var cox = new Cox();

        Assert.Equal(2, await cox.RunAsync(["up"], kubeletArgs));

        Assert.Equal(error, cox.Error);
        Assert.Null(cox.Up);
    }

    [Fact]
    public async Task OtherVerbs_TakeNoneOfIt()
    {
        var cox = new Cox();

        Assert.Equal(0, await cox.RunAsync(["down"], "--nonsense"));

        Assert.Equal(["down /var/lib/coxswain"], cox.Asked);
    }
}
