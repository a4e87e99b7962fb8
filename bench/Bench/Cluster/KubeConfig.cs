using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Coxswain.Bench.Cluster;

/// <summary>What a client needs of a kubeconfig as <c>cox</c> writes it: one cluster, one user with a certificate.</summary>
internal sealed record KubeConfig(Uri Server, X509Certificate2 Authority, X509Certificate2 Client)
{
    public static KubeConfig Load(string path)
    {
        var values = File.ReadLines(path).Select(l => l.Trim().Split(": ", 2)).Where(p => p.Length == 2).ToLookup(p => p[0], p => p[1]);
        return new KubeConfig(
            new Uri(values["server"].First()),
            X509Certificate2.CreateFromPem(Text("certificate-authority-data")),
            X509Certificate2.CreateFromPem(Text("client-certificate-data"), Text("client-key-data")));

        string Text(string key) => Encoding.ASCII.GetString(Convert.FromBase64String(values[key].First()));
    }
}
