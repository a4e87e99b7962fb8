using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coxswain.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// Prints for the first cluster of a process how many milliseconds it took to start, how many of a processor, and how many methods had to be compiled; then the milliseconds of a second one;
// with 'bare', the same of an HTTPS server that says hello, which tells how fast this machine is today.
Func<Task<IAsyncDisposable>> start = args is ["bare"] ? StartBareAsync : async () => await TestCluster.StartAsync();
var (compiled, processor) = (JitInfo.GetCompiledMethodCount(), Environment.CpuUsage.TotalTime);
var (first, started) = await TimedAsync(start);
(compiled, processor) = (JitInfo.GetCompiledMethodCount() - compiled, Environment.CpuUsage.TotalTime - processor);
var (second, again) = await TimedAsync(start);
await again.DisposeAsync();
await started.DisposeAsync();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first:0} {processor.TotalMilliseconds:0} {compiled} {second:0}"));

static async Task<(double Milliseconds, IAsyncDisposable Started)> TimedAsync(Func<Task<IAsyncDisposable>> start)
{
    var from = Stopwatch.GetTimestamp();
    var started = await start();
    return (Stopwatch.GetElapsedTime(from).TotalMilliseconds, started);
}

static async Task<IAsyncDisposable> StartBareAsync()
{
    using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
    var app = builder.Build();
    app.Run(c => c.Response.WriteAsync("hello"));
    await app.StartAsync();
    using var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true });
    await client.GetStringAsync(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    return app;
}
