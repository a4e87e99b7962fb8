using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

/// <summary>A TLS secret whose key does not belong to its certificate is stored, but said to be wrong.</summary>
internal static class SecretWarnings
{
    public static string? ForTls(V1Secret value)
    {
        if (value.Type != "kubernetes.io/tls") return null;
        var (certificate, key) = (PemOf(value, "tls.crt"), PemOf(value, "tls.key"));
        if (!PemEncoding.TryFind(certificate, out _)) return "tls: failed to find any PEM data in certificate input";
        if (!PemEncoding.TryFind(key, out _)) return "tls: failed to find any PEM data in key input";
        try
        {
            using var pair = X509Certificate2.CreateFromPem(certificate, key);
            return null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return "tls: private key does not match public key";
        }
    }

    private static string PemOf(V1Secret value, string key) => value.Data is { } data && data.TryGetValue(key, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : "";
}
