using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Tests.Pipeline;
using Microsoft.Extensions.Logging;

namespace Coxswain.ApiServer.Tests.Auth;

/// <summary>What lies on disk of a cluster's keys: lost, damaged or open to others.</summary>
public sealed class KeyFileTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _directory = Directory.CreateTempSubdirectory("keys").FullName;
    private readonly Lines _log = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string Pki => Path.Combine(_directory, "pki");

    private string PathOf(string file) => Path.Combine(Pki, file);

    private ClusterPki Load(bool exists = false, TimeProvider? time = null) =>
        ClusterPki.LoadOrCreate(new PkiOptions { Directory = Pki, NodeName = "n1", ClusterExists = exists }, time ?? TimeProvider.System, _log);

    private Dictionary<string, string> Contents() => Directory.GetFiles(Pki).ToDictionary(path => path, File.ReadAllText);

    private void Refuses(string file, string why, bool exists = false, TimeProvider? time = null)
    {
        var before = Contents();
        var refused = Assert.Throws<InvalidDataException>(() => Load(exists, time));

        Assert.Equal(
            $"{PathOf(file)} cannot be used: {why}. Restore it from a backup; or move {Pki} away and start again: that makes a new CA, and earlier kubeconfigs and tokens are void.", refused.Message);
        Assert.Equal(before, Contents());
    }

    [Theory]
    [InlineData("ca.crt", "it is missing beside ca.key")]
    [InlineData("ca.key", "it is missing beside ca.crt")]
    [InlineData("sa.key", "it is missing, and the tokens in use were signed with it")]
    public void Load_KeyOfAClusterThatIsMissing_IsRefused(string file, string why)
    {
        Load().Dispose();
        File.Delete(PathOf(file));

        Refuses(file, why, exists: true);
    }

    [Fact]
    public void Load_BothFilesOfTheAuthorityMissing_IsRefused()
    {
        Load().Dispose();
        File.Delete(PathOf("ca.crt"));
        File.Delete(PathOf("ca.key"));

        Refuses("ca.crt", "it is missing, and so is ca.key, but other files of the cluster are there");
    }

    [Theory]
    [InlineData("ca.crt", "certificate")]
    [InlineData("ca.key", "private key")]
    [InlineData("sa.key", "private key")]
    public void Load_DamagedKeyOfACluster_IsRefused(string file, string what)
    {
        Load().Dispose();
        var whole = File.ReadAllText(PathOf(file));
        var lines = whole.Split('\n');

        File.WriteAllText(PathOf(file), "");
        Refuses(file, "it is empty");
        File.WriteAllText(PathOf(file), "no such thing");
        Refuses(file, $"it does not hold a complete {what} in PEM, so it is damaged or another file");
        File.WriteAllText(PathOf(file), whole[..(whole.Length / 2)]);
        Refuses(file, $"it does not hold a complete {what} in PEM, so it is damaged or another file");
        File.WriteAllText(PathOf(file), string.Join('\n', [lines[0], .. lines[2..]]));
        Refuses(file, $"it does not hold a complete {what} in PEM, so it is damaged or another file");
        File.Delete(PathOf(file));
        Directory.CreateDirectory(PathOf(file));
        Refuses(file, "it is a directory");
    }

    [Fact]
    public void Load_KeyThatIsNotTheAuthoritys_IsRefused()
    {
        Load().Dispose();
        File.Copy(PathOf("sa.key"), PathOf("ca.key"), overwrite: true);

        Refuses("ca.key", "it does not belong to ca.crt");
    }

    [Fact]
    public void Load_PublicKeyInPlaceOfThePrivate_IsRefused()
    {
        using (var pki = Load()) File.WriteAllText(PathOf("sa.key"), pki.TokenKey.ExportSubjectPublicKeyInfoPem());

        Refuses("sa.key", "it does not hold a complete private key in PEM, so it is damaged or another file");
    }

    [Fact]
    public void Load_CertificateThatIsNoAuthority_IsRefused()
    {
        Load().Dispose();
        File.Copy(PathOf("admin.crt"), PathOf("ca.crt"), overwrite: true);
        File.Copy(PathOf("admin.key"), PathOf("ca.key"), overwrite: true);

        Refuses("ca.crt", "it is not the certificate of a CA");
    }

    [Fact]
    public void Load_AuthorityOfAnotherKindOfKey_IsRefused()
    {
        Load().Dispose();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=mine", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(PathOf("ca.crt"), authority.ExportCertificatePem());
        File.WriteAllText(PathOf("ca.key"), key.ExportPkcs8PrivateKeyPem());

        Refuses("ca.crt", "its key is not an elliptic curve key (ECDSA), the only kind supported");
    }

    [Fact]
    public void Load_AuthorityThatHasEnded_IsRefused()
    {
        var clock = new FixedClock();
        Load(time: clock).Dispose();
        clock.Advance(TimeSpan.FromDays(3651));

        Refuses("ca.crt", "it expired on 2035-12-30 00:00 UTC", time: clock);
    }

    [Fact]
    public void Load_ClockBeforeTheAuthority_ServesAndSaysSo()
    {
        Load(time: new FixedClock()).Dispose();
        using var pki = Load(time: new FixedClock(new DateTimeOffset(1970, 1, 2, 0, 0, 0, TimeSpan.Zero)));

        var from = pki.Authority.NotBefore.ToUniversalTime();
        var start = $"{PathOf("ca.crt")} is valid from {from:yyyy-MM-dd HH:mm} UTC, but the clock says 1970-01-02 00:00 UTC: ";
        Assert.Contains(_log.All, line => line.StartsWith(start, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_EmptyDirectoryOfAnOldCluster_MakesKeysAndSaysSo()
    {
        Load(exists: true).Dispose();

        Assert.Equal($"{Pki} held no keys although the cluster has objects: a new CA and a new token key were made. Earlier kubeconfigs and tokens are void", Assert.Single(_log.All));
    }

    [Fact]
    public void Load_AuthorityOfOnesOwnBeforeTheFirstStart_IsTaken()
    {
        using var first = Load();
        foreach (var file in Directory.GetFiles(Pki).Where(f => Path.GetFileNameWithoutExtension(f) != "ca")) File.Delete(file);
        using var second = Load();

        Assert.Equal(first.Authority.Thumbprint, second.Authority.Thumbprint);
        Assert.True(File.Exists(PathOf("sa.key")));
    }

    [Fact]
    public void Load_AfterACrashOfTheFirstStart_BeginsAgain()
    {
        Directory.CreateDirectory($"{Pki}.new");
        File.WriteAllText(Path.Combine($"{Pki}.new", "ca.key"), "half");
        Directory.CreateDirectory(Pki);
        Load().Dispose();

        Assert.False(Directory.Exists($"{Pki}.new"));
        Load().Dispose();
    }

    [Theory]
    [InlineData("ca.key")]
    [InlineData("sa.key")]
    [InlineData("admin.key")]
    public void Load_KeyThatIsOpenToOthers_IsClosedAndSaysSo(string file)
    {
        Load().Dispose();
        File.SetUnixFileMode(PathOf(file), Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Load().Dispose();

        Assert.Equal(Owner, File.GetUnixFileMode(PathOf(file)));
        Assert.Equal($"{PathOf(file)} was open to other users (mode 0644); its mode is 0600 now. Whoever has read a key can still use it", Assert.Single(_log.All));
        Load().Dispose();
        Assert.Single(_log.All);
    }

    [Fact]
    public void Load_DirectoryThatIsOpenToOthers_IsClosedAndSaysSo()
    {
        Load().Dispose();
        File.SetUnixFileMode(Pki, Owner | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        Load().Dispose();

        Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(Pki));
        Assert.StartsWith($"{Pki} was open to other users (mode 0705); its mode is 0700 now.", Assert.Single(_log.All), StringComparison.Ordinal);
    }

    private sealed class Lines : ILogger
    {
        public List<string> All { get; } = [];
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) All.Add(formatter(state, exception));
        }
    }
}
