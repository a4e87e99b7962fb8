using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coxswain.Node.Probes;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Tests.Probes;

/// <summary>httpGet against servers of all kinds: what is asked, and what is made of the answer.</summary>
public sealed class HttpProbeTests : IAsyncLifetime
{
    private readonly List<(string Path, string Host, string Probe)> _asked = [];
    private readonly X509Certificate2 _certificate = SelfSigned();
    private WebApplication _app = null!;
    private int _http, _https;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, 0);
            k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(_certificate));
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync(TestContext.Current.CancellationToken);
        var ports = _app.Urls.Select(u => new Uri(u).Port).ToList();
        (_http, _https) = (ports[0], ports[1]);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        lock (_asked) _asked.Add((http.Request.Path, http.Request.Headers.Host.ToString(), http.Request.Headers["X-Probe"].ToString()));
        switch (http.Request.Path)
        {
            case "/there": http.Response.Redirect("/ok"); break;
            case "/loop": http.Response.Redirect("/loop"); break;
            case "/away":
                http.Response.Redirect("http://elsewhere.test/");
                await http.Response.WriteAsync("moved");
                break;
            case "/hang": await Task.Delay(Timeout.Infinite, http.RequestAborted); break;
        }
    }

    /// <summary>Who the certificate is for does not matter.</summary>
    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=somebody.else", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(-1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private static async Task<(ProbeResult, string)> AskAsync(V1HTTPGetAction action, int port, TimeSpan? timeout = null)
    {
        var outcome = await HttpProbe.RunAsync(action, "127.0.0.1", port, timeout ?? TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken);
        return (outcome.Result, outcome.Output);
    }

    [Fact]
    public async Task Https_WhoeverTheCertificateIsFor_IsAsked()
    {
        Assert.Equal((ProbeResult.Success, ""), await AskAsync(new V1HTTPGetAction { Path = "/ok", Scheme = "HTTPS" }, _https));
        Assert.Equal((ProbeResult.Failure, $"Get \"https://127.0.0.1:{_http}/ok\": http: server gave HTTP response to HTTPS client"), await AskAsync(new V1HTTPGetAction { Path = "/ok", Scheme = "HTTPS" }, _http));
    }

    [Fact]
    public async Task Redirect_ToTheSameHost_IsFollowed_WithWhatWasAskedFor()
    {
        var action = new V1HTTPGetAction { Path = "/there", HttpHeaders = [new V1HTTPHeader { Name = "X-Probe", Value = "yes" }, new V1HTTPHeader { Name = "Host", Value = "shop.example" }] };
        Assert.Equal((ProbeResult.Success, ""), await AskAsync(action, _http));
        Assert.Equal([("/there", "shop.example", "yes"), ("/ok", "shop.example", "yes")], _asked);
    }

    [Fact]
    public async Task Redirect_WithoutEnd_StopsAfterTen()
    {
        Assert.Equal((ProbeResult.Failure, "Get \"/loop\": stopped after 10 redirects"), await AskAsync(new V1HTTPGetAction { Path = "/loop" }, _http));
        Assert.Equal(10, _asked.Count);
    }

    [Fact]
    public async Task Redirect_Elsewhere_IsNotFollowed_AndAWarning() =>
        Assert.Equal((ProbeResult.Warning, "Probe terminated redirects, Response body: moved"), await AskAsync(new V1HTTPGetAction { Path = "/away" }, _http));

    [Fact]
    public async Task Host_OfTheAction_CountsOverThePods_AndIsNamedWithItsPort()
    {
        Assert.Equal((ProbeResult.Success, ""), await AskAsync(new V1HTTPGetAction { Host = "localhost", Path = "/ok" }, _http));
        Assert.Equal(("/ok", $"localhost:{_http}", ""), Assert.Single(_asked));
        Assert.Equal("dial tcp: lookup nowhere.invalid: no such host", GoNetErrors.Dial("nowhere.invalid:80", new SocketException((int)SocketError.HostNotFound)));
    }

    [Fact]
    public async Task NoAnswer_SaysHowItFailed()
    {
        Assert.Equal((ProbeResult.Failure, $"Get \"http://127.0.0.1:{_http}/hang\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"),
            await AskAsync(new V1HTTPGetAction { Path = "/hang" }, _http, TimeSpan.FromMilliseconds(200)));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var answering = AskAsync(new V1HTTPGetAction { Path = "/" }, port);
        using (var client = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken))
        {
            await client.ReceiveAsync(new byte[1024], TestContext.Current.CancellationToken);
            client.LingerState = new LingerOption(true, 0); // not a word, and the connection torn
        }
        var (result, output) = await answering;
        Assert.Equal(ProbeResult.Failure, result);
        Assert.Matches($"^Get \"http://127\\.0\\.0\\.1:{port}/\": read tcp 127\\.0\\.0\\.1:[0-9]+->127\\.0\\.0\\.1:{port}: read: connection reset by peer$", output);
    }

    /// <summary>It went away while it answered: that says nothing of the container, and ends no probe.</summary>
    [Fact]
    public async Task AnswerThatBreaksOff_IsNoWordEitherWay()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AskAsync(new V1HTTPGetAction { Path = "/" }, ((IPEndPoint)listener.LocalEndpoint).Port);
        using (var client = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken))
        {
            await client.ReceiveAsync(new byte[1024], TestContext.Current.CancellationToken);
            await client.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of"u8.ToArray(), TestContext.Current.CancellationToken);
        }
        Assert.Equal((ProbeResult.Unknown, "unexpected EOF"), await answering);
    }

    [Theory]
    [InlineData("web", 8080, "")]
    [InlineData("81", 81, "")]
    [InlineData("none", null, "strconv.Atoi: parsing \"none\": invalid syntax")]
    [InlineData("0", null, "invalid port number: 0")]
    [InlineData("70000", null, "invalid port number: 70000")]
    public void Port_IsByNumberOrName(string port, int? resolved, string why)
    {
        var container = new V1Container { Ports = [new V1ContainerPort { Name = "web", ContainerPort = 8080 }] };
        Assert.Equal(resolved, Ports.Resolve(port, container, out var problem));
        Assert.Equal(why, problem);
    }

    [Fact]
    public async Task Warning_IsAnEvent_AndCountsAsWell()
    {
        await using var node = new TestNode(configure: o => o with { NodeAddresses = ["127.0.0.1"] }).Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.HostNetwork = true;
        pod.Spec.Containers[0].ReadinessProbe = new V1Probe { HttpGet = new V1HTTPGetAction { Path = "/away", Port = _http }, PeriodSeconds = 1, SuccessThreshold = 1, FailureThreshold = 1, TimeoutSeconds = 100_000 };
        await node.CreateAsync(pod);
        await node.AdvanceUntilAsync(() => TestNode.IsReady(node.Pod("p")!), TimeSpan.FromSeconds(10));
        await TestNode.UntilAsync(() => node.Events("ProbeWarning").Count == 1);
        Assert.Equal("Readiness probe warning: Probe terminated redirects, Response body: moved", node.Events("ProbeWarning")[0].Message);
        Assert.Empty(node.Events("Unhealthy"));
    }
}
