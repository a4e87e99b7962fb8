using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Coxswain.ApiServer.Auth;

/// <summary>How client certificates are checked and read: the cluster's CA and nothing else is trusted.</summary>
internal static class ClientCertificates
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    /// <summary>Trusts only <paramref name="authority"/>, for clients; asks nobody on the network.</summary>
    /// <param name="time">The clock that certificates are judged by.</param>
    public static X509ChainPolicy PolicyFor(X509Certificate2 authority, TimeProvider time)
    {
        var policy = AnyUsePolicyFor(authority);
        policy.VerificationTime = time.GetUtcNow().LocalDateTime;
        policy.ApplicationPolicy.Add(new Oid(ClientAuth));
        return policy;
    }

    public static X509ChainPolicy AnyUsePolicyFor(X509Certificate2 authority) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { authority },
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };

    /// <summary>The CN is the user, each O a group; null without a CN.</summary>
    public static UserInfo? ReadUser(X509Certificate2 certificate)
    {
        string? name = null;
        var groups = new List<string>();
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            if (part.HasMultipleElements || part.GetSingleElementValue() is not { } value) continue;
            var type = part.GetSingleElementType().Value;
            if (type == CommonName) name = value;
            else if (type == Organization) groups.Add(value);
        }
        if (string.IsNullOrEmpty(name)) return null;
        var id = $"X509SHA256={Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256))}";
        return new UserInfo(name, [.. groups, UserInfo.Authenticated]) { Extra = new Dictionary<string, IReadOnlyList<string>> { [UserInfo.CredentialId] = [id] } };
    }
}
