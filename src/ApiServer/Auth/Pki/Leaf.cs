using System.Security.Cryptography.X509Certificates;

namespace Coxswain.ApiServer.Auth;

/// <summary>A certificate that the cluster's CA signs, as it is to be.</summary>
/// <param name="File">Its name on disk, without <c>.crt</c> and <c>.key</c>.</param>
/// <param name="Organizations">What Kubernetes reads as groups.</param>
internal sealed record Leaf(string File, string CommonName, IReadOnlyList<string> Organizations, bool Server, SubjectNames Names)
{
    public bool Match(X509Certificate2 certificate) =>
        certificate.GetNameInfo(X509NameType.SimpleName, false) == CommonName && Names.Match(certificate);
}

/// <summary>A certificate in use, with its time as one compares it.</summary>
internal sealed record HeldLeaf(Leaf Leaf, X509Certificate2 Certificate)
{
    public DateTimeOffset NotBefore { get; } = new(Certificate.NotBefore);
    public DateTimeOffset NotAfter { get; } = new(Certificate.NotAfter);

    public bool IsValid(DateTimeOffset now) => NotBefore <= now && now < NotAfter;
}
