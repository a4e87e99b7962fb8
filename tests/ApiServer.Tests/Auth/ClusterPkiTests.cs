using System.Net;
using System.Security.Cryptography.X509Certificates;
using Coxswain.ApiServer.Auth;

namespace Coxswain.ApiServer.Tests.Auth;

public sealed class ClusterPkiTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pki").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private PkiOptions Options => new() { Directory = Path.Combine(_directory, "pki"), NodeName = "n1", ServiceAddress = IPAddress.Parse("10.43.0.1") };

    private string PathOf(string file) => Path.Combine(Options.Directory, file);

    private ClusterPki Load(PkiOptions? options = null, TimeProvider? time = null) => ClusterPki.LoadOrCreate(options ?? Options, time ?? TimeProvider.System);

    [Fact]
    public void LoadOrCreate_EmptyDirectory_NamesTheServerAsClientsDialIt()
    {
        using var pki = Load();
        var names = pki.ServingCertificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();

        Assert.Superset(new HashSet<string> { "localhost", "n1", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local" }, names.EnumerateDnsNames().ToHashSet());
        Assert.Superset(new HashSet<string> { "127.0.0.1", "10.43.0.1" }, names.EnumerateIPAddresses().Select(a => a.ToString()).ToHashSet());
    }

    [Fact]
    public void LoadOrCreate_EmptyDirectory_KeysAreTheirOwnersAlone()
    {
        using var pki = Load();

        var keys = Directory.GetFiles(Options.Directory, "*.key");
        Assert.Equal(5, keys.Length);
        Assert.All(keys, key => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key)));
    }

    [Fact]
    public void LoadOrCreate_SecondTime_KeepsEverything()
    {
        using var first = Load();
        using var second = Load();

        Assert.Equal(first.Authority.Thumbprint, second.Authority.Thumbprint);
        Assert.Equal(first.ServingCertificate.Thumbprint, second.ServingCertificate.Thumbprint);
        Assert.Equal(first.AdminCertificate.Thumbprint, second.AdminCertificate.Thumbprint);
        Assert.Equal(first.TokenKey.ExportParameters(false).Q.X, second.TokenKey.ExportParameters(false).Q.X);
    }

    [Fact]
    public void LoadOrCreate_NewListenAddress_RemakesOnlyTheServersCertificates()
    {
        using var first = Load();
        using var second = Load(Options with { ListenAddress = IPAddress.Parse("192.0.2.7") });

        Assert.NotEqual(first.ServingCertificate.Thumbprint, second.ServingCertificate.Thumbprint);
        Assert.Equal(first.Authority.Thumbprint, second.Authority.Thumbprint);
        Assert.Equal(first.AdminCertificate.Thumbprint, second.AdminCertificate.Thumbprint);
    }

    [Fact]
    public void LoadOrCreate_NearTheEnd_RemakesTheCertificates()
    {
        using var first = Load();
        using var second = Load(time: new LaterTime(TimeSpan.FromDays(300)));

        Assert.NotEqual(first.ServingCertificate.Thumbprint, second.ServingCertificate.Thumbprint);
        Assert.NotEqual(first.AdminCertificate.Thumbprint, second.AdminCertificate.Thumbprint);
        Assert.Equal(first.Authority.Thumbprint, second.Authority.Thumbprint);
    }

    [Fact]
    public void LoadOrCreate_KeyOfAnotherCertificate_RemakesThePair()
    {
        using var first = Load();
        File.Copy(Path.Combine(Options.Directory, "admin.key"), Path.Combine(Options.Directory, "apiserver.key"), overwrite: true);
        using var second = Load();

        Assert.NotEqual(first.ServingCertificate.Thumbprint, second.ServingCertificate.Thumbprint);
    }

    [Theory]
    [InlineData("apiserver.crt")]
    [InlineData("admin.key")]
    [InlineData("node.crt")]
    public void LoadOrCreate_DamagedCertificate_IsMadeAnew(string file)
    {
        using var first = Load();
        File.WriteAllText(PathOf(file), "-----BEGIN ");
        using var second = Load();

        Assert.Equal(first.Authority.Thumbprint, second.Authority.Thumbprint);
        Assert.NotEqual("-----BEGIN ", File.ReadAllText(PathOf(file)));
    }

    [Fact]
    public void WriteKubeConfig_Always_IsItsOwnersAlone()
    {
        using var pki = Load();
        var path = Path.Combine(_directory, "kubeconfig");
        pki.WriteKubeConfig(path, new Uri("https://127.0.0.1:6443"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Contains("server: https://127.0.0.1:6443\n", File.ReadAllText(path), StringComparison.Ordinal);
    }

    /// <summary>The clock is set back by up to a day: fresh certificates are good all the same.</summary>
    [Fact]
    public void LoadOrCreate_Fresh_IsGoodYesterday()
    {
        using var pki = Load();
        foreach (var certificate in (X509Certificate2[])[pki.Authority, pki.ServingCertificate, pki.AdminCertificate, pki.NodeCertificate])
            Assert.InRange(DateTime.UtcNow - certificate.NotBefore.ToUniversalTime(), TimeSpan.FromHours(23.9), TimeSpan.FromHours(24.1));
    }

    private sealed class LaterTime(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;
    }
}
