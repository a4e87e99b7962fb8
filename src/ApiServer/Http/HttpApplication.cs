using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Coxswain.ApiServer.Http;

/// <summary>Hands Kestrel's requests to one delegate; contexts are used again for the next request on their connection.</summary>
internal sealed class HttpApplication(RequestDelegate handler, ApiServerOptions options) : IHttpApplication<HttpApplication.Context>
{
    public Context CreateContext(IFeatureCollection features)
    {
        Context context;
        if (features is IHostContextContainer<Context> container) context = container.HostContext ??= new Context(options);
        else context = new Context(options);
        context.Http.Initialize(features);
        return context;
    }

    public Task ProcessRequestAsync(Context context) => handler(context.Http);

    public void DisposeContext(Context context, Exception? exception) => context.Http.Uninitialize();

    internal sealed class Context(ApiServerOptions options)
    {
        public DefaultHttpContext Http { get; } = new();
        public RequestDeadline Deadline { get; } = new(options);
    }
}
