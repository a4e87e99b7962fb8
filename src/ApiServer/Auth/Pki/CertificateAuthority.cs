using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Coxswain.ApiServer.Auth;

/// <summary>Signs certificates with the cluster's own CA. All keys are ECDSA P-256.</summary>
internal sealed class CertificateAuthority(X509Certificate2 certificate, TimeProvider time)
{
    private static readonly Oid ServerAuth = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuth = new("1.3.6.1.5.5.7.3.2");
    /// <summary>A fresh certificate stays good when the clock, of a peer or of this machine, is set back: by a wrong time zone that is up to fourteen hours.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    public static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(3650);
    public static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(365);

    private readonly DateTimeOffset _notBefore = new(certificate.NotBefore);
    private readonly DateTimeOffset _notAfter = new(certificate.NotAfter);

    public X509Certificate2 Certificate => certificate;

    public static X509Certificate2 CreateSelfSigned(string commonName, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={commonName}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        return request.CreateSelfSigned(now - ClockSkew, now + AuthorityLifetime);
    }

    /// <summary>A certificate with its private key, signed by this CA.</summary>
    /// <param name="organizations">What Kubernetes reads as groups.</param>
    public X509Certificate2 Issue(string commonName, IEnumerable<string> organizations, bool server, SubjectNames names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject(commonName, organizations), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(server ? [ServerAuth, ClientAuth] : [ClientAuth], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        if (names.Count > 0) request.CertificateExtensions.Add(names.ToExtension());
        var (from, until) = LifetimeFrom(time.GetUtcNow());
        using var signed = request.Create(certificate, from, until, RandomNumberGenerator.GetBytes(16).Positive());
        return signed.CopyWithPrivateKey(key);
    }

    private static X500DistinguishedName Subject(string commonName, IEnumerable<string> organizations)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(commonName);
        foreach (var organization in organizations) builder.AddOrganizationName(organization);
        return builder.Build();
    }

    /// <summary>The time that a certificate made now is good for: within the CA's own, whatever the clock says.</summary>
    public (DateTimeOffset From, DateTimeOffset Until) LifetimeFrom(DateTimeOffset now)
    {
        var start = now > _notBefore ? now : _notBefore;
        var (from, until) = (start - ClockSkew, start + LeafLifetime);
        return (from > _notBefore ? from : _notBefore, until < _notAfter ? until : _notAfter);
    }
}

/// <summary>The names and addresses that a server answers to.</summary>
internal sealed record SubjectNames(IReadOnlySet<string> Dns, IReadOnlySet<IPAddress> Addresses)
{
    public static SubjectNames None { get; } = new(new HashSet<string>(), new HashSet<IPAddress>());

    public int Count => Dns.Count + Addresses.Count;

    public X509Extension ToExtension()
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in Dns) builder.AddDnsName(name);
        foreach (var address in Addresses) builder.AddIpAddress(address);
        return builder.Build();
    }

    /// <summary>Whether the certificate carries exactly these.</summary>
    public bool Match(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        if (extension is null) return Count == 0;
        return Dns.SetEquals(extension.EnumerateDnsNames()) && Addresses.SetEquals(extension.EnumerateIPAddresses());
    }
}

internal static class SerialNumber
{
    /// <summary>A serial number is a positive integer: the top bit must be clear, and it must not begin with zero.</summary>
    public static byte[] Positive(this byte[] serial)
    {
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }
}
