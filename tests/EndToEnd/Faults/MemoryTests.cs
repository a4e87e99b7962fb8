using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Faults;

/// <summary>What large objects take of the process's memory, and that it is given back.</summary>
public sealed class MemoryTests
{
    private const int Objects = 150, Clients = 8;
    private const long Data = (1 << 20) - 100, Live = Objects * Data;
    private const string Collection = "/api/v1/namespaces/default/configmaps";

    /// <summary>
    /// Before: five times the objects while they come, ten times after their deletion, and for ever; the deletion wrote each object once more. The bounds lie in the middle.
    /// </summary>
    [Fact]
    public async Task LargeObjects_CreatedAndDeleted_GiveTheirMemoryBack()
    {
        await using var cox = new CoxCluster();
        await cox.UpAsync();
        using var http = Client(cox);
        await http.GetStringAsync(Collection, TestContext.Current.CancellationToken);
        var before = Field(cox, "status", "VmRSS:") * 1024;

        await Parallel.ForEachAsync(Enumerable.Range(0, Objects), new ParallelOptions { MaxDegreeOfParallelism = Clients, CancellationToken = TestContext.Current.CancellationToken }, (i, ct) => CreateAsync(http, i, ct));
        var most = Field(cox, "status", "VmHWM:") * 1024;
        Assert.True(most - before < 3 * Live, $"{most} bytes at most, {before} before, for {Live} bytes of objects");

        var written = Field(cox, "io", "wchar:");
        using (var deleted = await http.DeleteAsync(Collection + "?labelSelector=large", TestContext.Current.CancellationToken)) Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        written = Field(cox, "io", "wchar:") - written; // to files: what goes to sockets does not count
        Assert.True(written < Live / 2, $"{written} bytes written to delete {Live}");

        var bound = before * 13 / 10 + (16 << 20);
        await Eventually.GetAsync(() => Task.FromResult(Field(cox, "status", "VmRSS:") * 1024), after => after < bound, $"the memory is given back: fewer than {bound} bytes, {before} before");
    }

    private static async ValueTask CreateAsync(HttpClient http, int number, CancellationToken ct)
    {
        var line = new string('x', 78) + "\\n";
        var text = new StringBuilder((int)Data).Insert(0, line, (int)Data / line.Length);
        using var body = new StringContent($$$"""{"metadata":{"name":"large-{{{number}}}","labels":{"large":""}},"data":{"text":"{{{text}}}"}}""", Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(Collection, body, ct);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    private static HttpClient Client(CoxCluster cox)
    {
        var values = File.ReadLines(cox.Kubeconfig).Select(l => l.Trim().Split(": ", 2)).Where(p => p.Length == 2).ToLookup(p => p[0], p => p[1]);
        string Pem(string key) => Encoding.ASCII.GetString(Convert.FromBase64String(values[key].First()));
        var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        handler.ClientCertificates.Add(X509Certificate2.CreateFromPem(Pem("client-certificate-data"), Pem("client-key-data")));
        return new HttpClient(handler) { BaseAddress = new Uri(values["server"].First()), Timeout = TimeSpan.FromMinutes(3) };
    }

    private static long Field(CoxCluster cox, string file, string name) =>
        long.Parse(File.ReadLines($"/proc/{cox.ProcessId}/{file}").First(l => l.StartsWith(name, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
