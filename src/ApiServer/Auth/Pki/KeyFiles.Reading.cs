using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Coxswain.ApiServer.Auth;

/// <content>Reading. What is wrong with the CA or the token key is told by file, reason and ways out.</content>
internal sealed partial class KeyFiles
{
    /// <summary>The CA with its key.</summary>
    /// <exception cref="InvalidDataException">It cannot be used: see <see cref="Unusable"/>.</exception>
    public X509Certificate2 ReadAuthority(DateTimeOffset now)
    {
        const string certificate = $"{Authority}.crt", privateKey = $"{Authority}.key";
        using var held = Read(certificate, "certificate", $"it is missing beside {privateKey}", text => X509Certificate2.CreateFromPem(text));
        CheckAuthority(held, now);
        using var key = Read(privateKey, "private key", $"it is missing beside {certificate}", ReadEcKey);
        return WithKey(held, key);
    }

    /// <exception cref="InvalidDataException">It cannot be used: see <see cref="Unusable"/>.</exception>
    public ECDsa ReadTokenKey() =>
        Read($"{TokenKey}.key", "private key", "it is missing, and the tokens in use were signed with it", ReadEcKey);

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

    public InvalidDataException Unusable(string file, string why) => new(
        $"{PathOf(file)} cannot be used: {why}. Restore it from a backup; or move {directory} away and start again: "
        + "that makes a new CA, and earlier kubeconfigs and tokens are void.");

    private void CheckAuthority(X509Certificate2 certificate, DateTimeOffset now)
    {
        const string file = $"{Authority}.crt";
        var (from, until) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        using var key = certificate.GetECDsaPublicKey();
        if (key is null) throw Unusable(file, "its key is not an elliptic curve key (ECDSA), the only kind supported");
        var constraints = certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault();
        if (constraints?.CertificateAuthority != true) throw Unusable(file, "it is not the certificate of a CA");
        if (until <= now.UtcDateTime) throw Unusable(file, $"it expired on {until:yyyy-MM-dd HH:mm} UTC");
        if (from > now.UtcDateTime) LogNotYetValid(PathOf(file), from, now.UtcDateTime);
    }

    private X509Certificate2 WithKey(X509Certificate2 certificate, ECDsa key)
    {
        try
        {
            return certificate.CopyWithPrivateKey(key);
        }
        catch (ArgumentException) // the keys differ
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
            throw Unusable(file, $"it does not hold a complete {what} in PEM, so it is damaged or another file");
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
            key.ExportParameters(includePrivateParameters: true); // a public key alone has none
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    [LoggerMessage(EventId = 1311, Level = LogLevel.Warning, Message =
        "{Path} is valid from {From:yyyy-MM-dd HH:mm} UTC, but the clock says {Now:yyyy-MM-dd HH:mm} UTC: "
        + "clients will not trust this server before the clock is set")]
    private partial void LogNotYetValid(string path, DateTime from, DateTime now);
}
