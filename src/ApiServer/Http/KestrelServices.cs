using System.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coxswain.ApiServer.Http;

/// <summary>The services that Kestrel is made of and nothing more: no host, no middleware, no configuration files.</summary>
internal static class KestrelServices
{
    public static ServiceProvider Build(ILoggerFactory logging, Action<KestrelServerOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton(logging);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddOptions();
        services.AddMetrics();
        services.AddSingleton<DiagnosticSource>(new DiagnosticListener("Coxswain.ApiServer"));
        new Collector(services).UseKestrelCore();
        services.Configure(configure);
        return services.BuildServiceProvider();
    }

    /// <summary>Kestrel registers its parts with a web host's builder; this is as much of one as it needs.</summary>
    private sealed class Collector(IServiceCollection services) : IWebHostBuilder
    {
        public IWebHostBuilder ConfigureServices(Action<IServiceCollection> configureServices)
        {
            configureServices(services);
            return this;
        }

        public IWebHostBuilder ConfigureServices(Action<WebHostBuilderContext, IServiceCollection> configureServices)
        {
            configureServices(new WebHostBuilderContext(), services);
            return this;
        }

        public IWebHostBuilder ConfigureAppConfiguration(Action<WebHostBuilderContext, IConfigurationBuilder> configureDelegate) => this;
        public IWebHostBuilder UseSetting(string key, string? value) => this;
        public string? GetSetting(string key) => null;
#pragma warning disable ASPDEPR008 // the interface still has it; nobody calls it
        public IWebHost Build() => throw new NotSupportedException("only its services are wanted");
#pragma warning restore ASPDEPR008
    }
}
