using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Coxswain.ApiServer.Auth;

/// <summary>
/// The cluster's certificates and keys on disk, in PEM. The CA and the token key are all that cannot be made again: what is wrong with them is refused by name, and never
/// written over. A certificate that the CA signed is just signed anew.
/// </summary>
internal sealed partial class KeyFiles(string directory, ILogger logger)
{
    public const string Authority = "ca", TokenKey = "sa";
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Whether nothing of a cluster is here yet.</summary>
    public bool IsNew => !Directory.Exists(directory) || !Directory.EnumerateFileSystemEntries(directory).Any(p => Path.GetExtension(p) is ".crt" or ".key");

    public bool HasAuthority => Exists($"{Authority}.crt") || Exists($"{Authority}.key");

    public bool HasTokenKey => Exists($"{TokenKey}.key");

    public string PathOf(string file) => Path.Combine(directory, file);

    /// <summary>Keys belong to their owner alone, however they came to lie open.</summary>
    public void Tighten()
    {
        Directory.CreateDirectory(directory, SecretFile.OwnerOnly | UnixFileMode.UserExecute);
        CloseToOthers(directory);
        foreach (var key in Directory.EnumerateFiles(directory, "*.key")) CloseToOthers(key);
    }

    /// <summary>The CA with its key.</summary>
    /// <exception cref="InvalidDataException">It cannot be used; the message names the file, the reason and the ways out.</exception>
    public X509Certificate2 ReadAuthority(DateTimeOffset now)
    {
        using var held = Read($"{Authority}.crt", "certificate", $"it is missing beside {Authority}.key", text => X509Certificate2.CreateFromPem(text));
        CheckAuthority(held, now);
        using var key = Read($"{Authority}.key", "private key", $"it is missing beside {Authority}.crt", ReadEcKey);
        return WithKey(held, key);
    }

    /// <exception cref="InvalidDataException">As for <see cref="ReadAuthority"/>.</exception>
    public ECDsa ReadTokenKey() => Read($"{TokenKey}.key", "private key", "it is missing, and the tokens in use were signed with it", ReadEcKey);

    /// <summary>Null when the pair is not there, cannot be read or does not belong together (a crash between the two files).</summary>
    public X509Certificate2? ReadPair(string name)
    {
        try
        {
            return Exists($"{name}.crt") ? X509Certificate2.CreateFromPemFile(PathOf($"{name}.crt"), PathOf($"{name}.key")) : null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FileNotFoundException)
        {
            return null;
        }
    }

    // The key goes first: a certificate on disk means that its key is there too.
    public void Save(string name, X509Certificate2 certificate)
    {
        SecretFile.Write(PathOf($"{name}.key"), KeyPem(certificate));
        SecretFile.Write(PathOf($"{name}.crt"), certificate.ExportCertificatePem() + "\n", SecretFile.Public);
    }

    public void SaveTokenKey(ECDsa key) => SecretFile.Write(PathOf($"{TokenKey}.key"), key.ExportPkcs8PrivateKeyPem() + "\n");

    /// <summary>Lays down what cannot be made again, all of it or nothing: a crash on the way leaves no half of it that a later start would have to refuse.</summary>
    public void SaveNew(X509Certificate2 authority, ECDsa tokenKey)
    {
        var staging = $"{directory}.new";
        if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
        Directory.CreateDirectory(staging, SecretFile.OwnerOnly | UnixFileMode.UserExecute);
        var files = new KeyFiles(staging, logger);
        files.SaveTokenKey(tokenKey);
        files.Save(Authority, authority);
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            foreach (var file in Directory.GetFiles(staging)) File.Move(file, PathOf(Path.GetFileName(file))); // others' files lie beside
            Directory.Delete(staging);
            return;
        }
        if (Directory.Exists(directory)) Directory.Delete(directory);
        Directory.Move(staging, directory);
    }

    public InvalidDataException Unusable(string file, string why) => new(
        $"{PathOf(file)} cannot be used: {why}. Restore it from a backup; or move {directory} away and start again: "
        + "that makes a new CA, and kubeconfigs and tokens handed out before are void.");

    public static string KeyPem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey() ?? throw new InvalidOperationException("the certificate has no ECDSA key");
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private void CheckAuthority(X509Certificate2 certificate, DateTimeOffset now)
    {
        const string file = $"{Authority}.crt";
        using var key = certificate.GetECDsaPublicKey() ?? throw Unusable(file, "its key is not an elliptic curve key (ECDSA), and certificates here have no other");
        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault()?.CertificateAuthority != true) throw Unusable(file, "it is no certificate of a CA");
        if (certificate.NotAfter <= now.LocalDateTime) throw Unusable(file, $"it expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC");
        if (certificate.NotBefore > now.LocalDateTime) LogNotYetValid(PathOf(file), certificate.NotBefore.ToUniversalTime(), now.UtcDateTime);
    }

    private X509Certificate2 WithKey(X509Certificate2 certificate, ECDsa key)
    {
        try
        {
            return certificate.CopyWithPrivateKey(key);
        }
        catch (ArgumentException) // the only thing that is looked at here
        {
            throw Unusable($"{Authority}.key", $"it does not belong to {Authority}.crt");
        }
    }

    private T Read<T>(string file, string what, string missing, Func<string, T> parse)
    {
        if (!Exists(file)) throw Unusable(file, missing);
        var text = ReadText(file);
        if (text.AsSpan().Trim().IsEmpty) throw Unusable(file, "it is empty");
        try
        {
            return parse(text);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Unusable(file, $"it holds no whole {what} in PEM, so it is damaged or another file");
        }
    }

    private string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(PathOf(file));
        }
        catch (UnauthorizedAccessException)
        {
            throw Unusable(file, Directory.Exists(PathOf(file)) ? "it is a directory" : "this user may not read it");
        }
    }

    private static ECDsa ReadEcKey(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(includePrivateParameters: true).D is not null) return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
        key.Dispose();
        throw new CryptographicException("a public key only");
    }

    private bool Exists(string file) => Path.Exists(PathOf(file));

    private void CloseToOthers(string path)
    {
        var found = File.GetUnixFileMode(path);
        if ((found & Others) == 0) return;
        File.SetUnixFileMode(path, found & ~Others);
        LogTightened(path, Octal(found), Octal(found & ~Others));
    }

    private static string Octal(UnixFileMode mode) => $"0{Convert.ToString((int)mode, 8)}";

    [LoggerMessage(EventId = 1310, Level = LogLevel.Warning, Message = "{Path} was open to other users (mode {Found}); its mode is {Mode} now. Whoever has read a key can still use it")]
    private partial void LogTightened(string path, string found, string mode);

    [LoggerMessage(EventId = 1311, Level = LogLevel.Warning, Message = "{Path} is valid from {From:yyyy-MM-dd HH:mm} UTC and the clock says {Now:yyyy-MM-dd HH:mm} UTC: clients will not trust this server until the clock is set")]
    private partial void LogNotYetValid(string path, DateTime from, DateTime now);
}
