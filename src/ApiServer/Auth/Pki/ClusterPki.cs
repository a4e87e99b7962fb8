using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.ApiServer.Auth;

/// <summary>
/// The cluster's CA, certificates and token signing key: made at the first start, read at every later one. A certificate is renewed when
/// its names changed, when it was not signed by the present CA, or when it nears its end, also while the server runs. The CA and the token
/// key are never replaced.
/// </summary>
public sealed partial class ClusterPki : IDisposable
{
    private readonly ILogger _logger;
    private readonly KeyFiles _files;
    private readonly CertificateAuthority _authority;
    private readonly Lock _gate = new(); // for writes of what follows
    private readonly Dictionary<string, Uri> _kubeconfigs = [];
    private volatile Certificates _now;
    private bool _kubeconfigsDue;

    private sealed record Certificates(HeldLeaf Serving, HeldLeaf Admin, HeldLeaf Node);

    private ClusterPki(PkiOptions options, TimeProvider time, ILogger logger)
    {
        (Time, _logger) = (time, logger);
        _files = new KeyFiles(options.Directory, logger);
        if (_files.IsNew) MakeKeys(options);
        _files.Tighten();
        if (!_files.HasAuthority)
        {
            throw _files.Unusable("ca.crt", "it is missing, and so is ca.key, but other files of the cluster are there");
        }
        _authority = new CertificateAuthority(_files.ReadAuthority(time.GetUtcNow()), time);
        try
        {
            TokenKey = LoadOrCreateTokenKey(options);
            var nodeNames = new SubjectNames(new HashSet<string> { options.NodeName, "localhost" }, ServingAddresses(options));
            _now = new Certificates(
                LoadOrIssue(new Leaf("apiserver", "kube-apiserver", [], Server: true, ServingNames(options))),
                LoadOrIssue(new Leaf("admin", "kubernetes-admin", [UserInfo.Masters], Server: false, SubjectNames.None)),
                LoadOrIssue(new Leaf("node", UserInfo.NodePrefix + options.NodeName, [UserInfo.Nodes], Server: true, nodeNames)));
        }
        catch
        {
            Authority.Dispose();
            TokenKey?.Dispose();
            throw;
        }
    }

    /// <summary>The clock that certificates are made and judged by.</summary>
    internal TimeProvider Time { get; }
    public X509Certificate2 Authority => _authority.Certificate;
    /// <summary>What the API server shows.</summary>
    public X509Certificate2 ServingCertificate => _now.Serving.Certificate;
    /// <summary>User <c>kubernetes-admin</c>, group <c>system:masters</c>.</summary>
    public X509Certificate2 AdminCertificate => _now.Admin.Certificate;
    /// <summary>User <c>system:node:NAME</c>, group <c>system:nodes</c>; also good for serving.</summary>
    public X509Certificate2 NodeCertificate => _now.Node.Certificate;
    /// <summary>Signs service-account tokens (ES256).</summary>
    public ECDsa TokenKey { get; }

    public string AuthorityPem => Authority.ExportCertificatePem() + "\n";

    /// <summary>The administrator's certificate and private key, in PEM.</summary>
    public (string Certificate, string Key) AdminPem()
    {
        var admin = AdminCertificate;
        return (admin.ExportCertificatePem() + "\n", KeyFiles.KeyPem(admin));
    }

    /// <param name="time">The peers' TLS stacks go by the machine's clock, so this is the real one, whatever clock the cluster runs on.</param>
    /// <exception cref="InvalidDataException">The CA or the token key on disk cannot be used; nothing was overwritten.</exception>
    public static ClusterPki LoadOrCreate(PkiOptions options, TimeProvider time, ILogger? logger = null) =>
        new(options, time, logger ?? NullLogger.Instance);

    /// <summary>
    /// Writes a kubeconfig for <c>system:masters</c>, mode 0600, with the CA and the client certificate in it. It is written again each
    /// time the certificate is renewed.
    /// </summary>
    public void WriteKubeConfig(string path, Uri server)
    {
        lock (_gate)
        {
            _kubeconfigs[path] = server;
            SecretFile.Write(path, KubeConfig(server, AdminPem()));
        }
    }

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

    private void MakeKeys(PkiOptions options)
    {
        if (options.ClusterExists) LogMadeAnew(options.Directory);
        using var authority = CertificateAuthority.CreateSelfSigned("coxswain-ca", Time);
        using var tokenKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _files.SaveNew(authority, tokenKey);
    }

    /// <summary>
    /// Made when missing in a new cluster, whose CA the user provided. In a cluster that exists, the tokens in use were signed with it.
    /// </summary>
    private ECDsa LoadOrCreateTokenKey(PkiOptions options)
    {
        if (_files.HasTokenKey || options.ClusterExists) return _files.ReadTokenKey();
        var created = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _files.SaveTokenKey(created);
        return created;
    }

    private HeldLeaf LoadOrIssue(Leaf leaf)
    {
        if (_files.ReadPair(leaf.File) is not { } read) return Issue(leaf);
        if (leaf.Match(read) && IsSignedByAuthority(read) && new HeldLeaf(leaf, read) is var held && !IsDue(held)) return held;
        read.Dispose();
        return Issue(leaf);
    }

    private HeldLeaf Issue(Leaf leaf)
    {
        var issued = _authority.Issue(leaf.CommonName, leaf.Organizations, leaf.Server, leaf.Names);
        _files.Save(leaf.File, issued);
        return new HeldLeaf(leaf, issued);
    }

    private bool IsSignedByAuthority(X509Certificate2 certificate)
    {
        using var chain = new X509Chain { ChainPolicy = ClientCertificates.AnyUsePolicyFor(Authority) };
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid; // how long it is good for is looked at elsewhere
        return chain.Build(certificate);
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

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(text));

    [LoggerMessage(EventId = 1302, Level = LogLevel.Warning, Message =
        "{Directory} held no keys although the cluster has objects: a new CA and a new token key were made. "
        + "Earlier kubeconfigs and tokens are void")]
    private partial void LogMadeAnew(string directory);
}
