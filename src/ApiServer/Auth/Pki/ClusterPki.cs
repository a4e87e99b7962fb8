using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coxswain.Store;

namespace Coxswain.ApiServer.Auth;

/// <summary>
/// The cluster's CA, certificates and token signing key: made at first start, read again at every later one. A certificate is made anew when its names
/// changed, when it was not signed by the present CA, or when it nears its end; the CA and the token key are never replaced.
/// </summary>
public sealed class ClusterPki : IDisposable
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(90);

    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly CertificateAuthority _authority;

    private ClusterPki(PkiOptions options, TimeProvider time)
    {
        _directory = options.Directory;
        _time = time;
        DurableFile.CreateDirectory(_directory, SecretFile.OwnerOnly | UnixFileMode.UserExecute);
        _authority = new CertificateAuthority(LoadOrCreateAuthority(), time);
        ServingCertificate = LoadOrIssue("apiserver", "kube-apiserver", [], server: true, ServingNames(options));
        AdminCertificate = LoadOrIssue("admin", "kubernetes-admin", ["system:masters"], server: false, SubjectNames.None);
        var nodeNames = new SubjectNames(new HashSet<string> { options.NodeName, "localhost" }, ServingAddresses(options));
        NodeCertificate = LoadOrIssue("node", UserInfo.NodePrefix + options.NodeName, [UserInfo.Nodes], server: true, nodeNames);
        TokenKey = LoadOrCreateTokenKey();
    }

    public X509Certificate2 Authority => _authority.Certificate;
    /// <summary>What the API server shows.</summary>
    public X509Certificate2 ServingCertificate { get; }
    /// <summary>User <c>kubernetes-admin</c>, group <c>system:masters</c>.</summary>
    public X509Certificate2 AdminCertificate { get; }
    /// <summary>User <c>system:node:NAME</c>, group <c>system:nodes</c>; also good for serving.</summary>
    public X509Certificate2 NodeCertificate { get; }
    /// <summary>Signs service-account tokens (ES256).</summary>
    public ECDsa TokenKey { get; }

    public string AuthorityPem => Authority.ExportCertificatePem() + "\n";

    /// <summary>The administrator's certificate and private key, in PEM.</summary>
    public (string Certificate, string Key) AdminPem() => (AdminCertificate.ExportCertificatePem() + "\n", PrivateKeyPem(AdminCertificate) + "\n");

    /// <param name="time">The peers' TLS stacks go by the machine's clock, so this is the real one, whatever clock the cluster runs on.</param>
    /// <exception cref="InvalidDataException">The CA or the token key on disk cannot be used; nothing was overwritten.</exception>
    public static ClusterPki LoadOrCreate(PkiOptions options, TimeProvider time) => new(options, time);

    /// <summary>Writes a kubeconfig for <c>system:masters</c>, mode 0600, with the CA and the client certificate inside.</summary>
    public void WriteKubeConfig(string path, Uri server) => SecretFile.Write(path, KubeConfig(server, AdminPem()));

    private string KubeConfig(Uri server, (string Certificate, string Key) admin) => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: coxswain
          cluster:
            server: {server.GetLeftPart(UriPartial.Authority)}
            certificate-authority-data: {Base64(AuthorityPem)}
        users:
        - name: coxswain
          user:
            client-certificate-data: {Base64(admin.Certificate)}
            client-key-data: {Base64(admin.Key)}
        contexts:
        - name: coxswain
          context:
            cluster: coxswain
            user: coxswain
        current-context: coxswain

        """;

    public void Dispose()
    {
        Authority.Dispose();
        ServingCertificate.Dispose();
        AdminCertificate.Dispose();
        NodeCertificate.Dispose();
        TokenKey.Dispose();
    }

    private X509Certificate2 LoadOrCreateAuthority()
    {
        if (File.Exists(PathOf("ca.crt"))) return Load("ca") ?? throw Unusable("ca.crt");
        var created = CertificateAuthority.CreateSelfSigned("coxswain-ca", _time);
        Save("ca", created);
        return created;
    }

    private X509Certificate2 LoadOrIssue(string file, string commonName, IReadOnlyList<string> organizations, bool server, SubjectNames names)
    {
        var held = File.Exists(PathOf($"{file}.crt")) ? Load(file) : null;
        if (held is not null && IsGood(held, commonName, names)) return held;
        held?.Dispose();
        var issued = _authority.Issue(commonName, organizations, server, names);
        Save(file, issued);
        return issued;
    }

    private bool IsGood(X509Certificate2 certificate, string commonName, SubjectNames names) =>
        certificate.GetNameInfo(X509NameType.SimpleName, false) == commonName
        && names.Match(certificate)
        && new DateTimeOffset(certificate.NotAfter) - _time.GetUtcNow() > RenewBefore
        && IsSignedByAuthority(certificate);

    private bool IsSignedByAuthority(X509Certificate2 certificate)
    {
        using var chain = new X509Chain { ChainPolicy = ClientCertificates.AnyUsePolicyFor(Authority) };
        return chain.Build(certificate);
    }

    /// <summary>Null when the pair cannot be read or does not belong together (a crash between the two files).</summary>
    private X509Certificate2? Load(string file)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(PathOf($"{file}.crt"), PathOf($"{file}.key"));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FileNotFoundException)
        {
            return null;
        }
    }

    // The key goes first: a certificate on disk means that its key is there too.
    private void Save(string file, X509Certificate2 certificate)
    {
        SecretFile.Write(PathOf($"{file}.key"), PrivateKeyPem(certificate) + "\n");
        SecretFile.Write(PathOf($"{file}.crt"), certificate.ExportCertificatePem() + "\n", SecretFile.Public);
    }

    private ECDsa LoadOrCreateTokenKey()
    {
        var path = PathOf("sa.key");
        if (!File.Exists(path))
        {
            var created = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            SecretFile.Write(path, created.ExportPkcs8PrivateKeyPem() + "\n");
            return created;
        }
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw Unusable("sa.key");
        }
    }

    private static SubjectNames ServingNames(PkiOptions options) => new(
        new HashSet<string>
        {
            "kubernetes", "kubernetes.default", "kubernetes.default.svc", $"kubernetes.default.svc.{options.ClusterDomain}", "localhost", options.NodeName,
        },
        ServingAddresses(options));

    private static HashSet<IPAddress> ServingAddresses(PkiOptions options)
    {
        var addresses = new HashSet<IPAddress>(options.ExtraAddresses) { IPAddress.Loopback, IPAddress.IPv6Loopback };
        if (!options.ListenAddress.Equals(IPAddress.Any) && !options.ListenAddress.Equals(IPAddress.IPv6Any)) addresses.Add(options.ListenAddress);
        if (options.ServiceAddress is { } service) addresses.Add(service);
        return addresses;
    }

    private static string PrivateKeyPem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey() ?? throw new InvalidOperationException("the certificate has no ECDSA key");
        return key.ExportPkcs8PrivateKeyPem();
    }

    private InvalidDataException Unusable(string file) =>
        new($"{PathOf(file)} cannot be used: it is damaged or its key is missing. Restore it, or start with an empty data directory.");

    private string PathOf(string file) => Path.Combine(_directory, file);

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(text));
}
