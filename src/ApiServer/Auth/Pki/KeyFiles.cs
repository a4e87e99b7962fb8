using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coxswain.Store;
using Microsoft.Extensions.Logging;

namespace Coxswain.ApiServer.Auth;

/// <summary>
/// The cluster's certificates and keys on disk, in PEM. The CA and the token key cannot be made again: when something is wrong with them,
/// the start is refused, and they are never overwritten. A certificate that the CA signed is simply signed again.
/// </summary>
internal sealed partial class KeyFiles(string directory, ILogger logger)
{
    public const string Authority = "ca", TokenKey = "sa";
    private const UnixFileMode GroupAccess = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const UnixFileMode OtherAccess = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const UnixFileMode OwnersDirectory = SecretFile.OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Whether there are no certificates and keys yet.</summary>
    public bool IsNew => !Directory.Exists(directory) || !Directory.EnumerateFileSystemEntries(directory).Any(IsCertificateOrKey);

    public bool HasAuthority => Exists($"{Authority}.crt") || Exists($"{Authority}.key");

    public bool HasTokenKey => Exists($"{TokenKey}.key");

    public string PathOf(string file) => Path.Combine(directory, file);

    /// <summary>Takes the directory and the keys from other users, and says so where that changes something.</summary>
    public void Tighten()
    {
        DurableFile.CreateDirectory(directory, OwnersDirectory);
        TakeFromOthers(directory);
        foreach (var key in Directory.EnumerateFiles(directory, "*.key")) TakeFromOthers(key);
    }

    /// <summary>The key is written first: a certificate on disk means that its key is there too.</summary>
    public void Save(string name, X509Certificate2 certificate)
    {
        SecretFile.Write(PathOf($"{name}.key"), KeyPem(certificate));
        SecretFile.Write(PathOf($"{name}.crt"), certificate.ExportCertificatePem() + "\n", SecretFile.Public);
    }

    public void SaveTokenKey(ECDsa key) => SecretFile.Write(PathOf($"{TokenKey}.key"), key.ExportPkcs8PrivateKeyPem() + "\n");

    /// <summary>
    /// Writes a new cluster's CA and token key together: a crash does not leave a part of them, which the next start would refuse.
    /// </summary>
    public void SaveNew(X509Certificate2 authority, ECDsa tokenKey)
    {
        var staging = $"{directory}.new";
        if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
        Directory.CreateDirectory(staging, OwnersDirectory);
        var files = new KeyFiles(staging, logger);
        files.SaveTokenKey(tokenKey);
        files.Save(Authority, authority);
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            // Something else is kept there.
            foreach (var file in Directory.GetFiles(staging)) File.Move(file, PathOf(Path.GetFileName(file)));
            DurableFile.FlushDirectory(directory);
            Directory.Delete(staging);
            return;
        }
        if (Directory.Exists(directory)) Directory.Delete(directory);
        Directory.Move(staging, directory);
        DurableFile.FlushDirectory(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(directory))!);
    }

    public static string KeyPem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey() ?? throw new InvalidOperationException("the certificate has no ECDSA key");
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static bool IsCertificateOrKey(string path) => Path.GetExtension(path) is ".crt" or ".key";

    private bool Exists(string file) => Path.Exists(PathOf(file));

    private void TakeFromOthers(string path)
    {
        var found = File.GetUnixFileMode(path);
        var wanted = found & ~(GroupAccess | OtherAccess);
        if (found == wanted) return;
        File.SetUnixFileMode(path, wanted);
        LogTightened(path, Octal(found), Octal(wanted));
    }

    private static string Octal(UnixFileMode mode) => $"0{Convert.ToString((int)mode, 8)}";

    [LoggerMessage(EventId = 1310, Level = LogLevel.Warning, Message =
        "{Path} was open to other users (mode {Found}); its mode is {Mode} now. Whoever has read a key can still use it")]
    private partial void LogTightened(string path, string found, string mode);
}
