using System.Collections.Concurrent;
using System.IO.Pipelines;
using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Http;
using Coxswain.ApiServer.Nodes;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>Callers whose connection ends while they are answered, before the server has noticed it in any other way: no fault of the server's.</summary>
public sealed class GoneCallerTests
{
    [Theory]
    [InlineData("/api/v1/namespaces/ns/configmaps", "?watch=true")]
    [InlineData("/api/v1/namespaces/ns/pods/p/log", "?follow=true")]
    public async Task Answer_ThatNobodyReads_EndsWithoutAnErrorInTheLog(string path, string query)
    {
        await using var server = await PodStreamTests.StartAsync(containers: ["a"]);
        var log = new ErrorLog();
        var http = Request(path, query);
        await Handler(server, log).HandleAsync(http).WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
        Assert.Empty(log.Errors);
        Assert.False(http.RequestAborted.IsCancellationRequested); // which would have hidden it
    }

    private static ApiHandler Handler(HttpFixture server, ILogger log)
    {
        var (options, core) = (new ApiServerOptions(), server.Core);
        var responses = new Responses(options);
        INodeConnector node = new FakeNode(0);
        return new ApiHandler(
            new RequestParser(core.Endpoints), new Callers(new Authenticator(core, server.Tokens)), core.Authorizer,
            new ResourceHandler(core, options, responses, new NodeStreams(_ => node, core.Time, CancellationToken.None), CancellationToken.None),
            new PathHandler(core, server.Tokens, responses, new Health(core.Store, CancellationToken.None, log), new SnapshotHandler(core, options)), responses, log);
    }

    private static DefaultHttpContext Request(string path, string query)
    {
        var http = new DefaultHttpContext();
        http.Features.Set(new ConnectionCaller(new UserInfo("admin", [UserInfo.Masters])));
        http.Features.Set<IHttpResponseBodyFeature>(new UnreadBody());
        http.Features.Get<IHttpRequestFeature>()!.RawTarget = path + query;
        (http.Request.Method, http.Request.Path, http.Request.QueryString) = ("GET", path, new QueryString(query));
        return http;
    }

    private sealed class UnreadBody : IHttpResponseBodyFeature
    {
        private readonly Pipe _pipe = new();

        public UnreadBody() => _pipe.Reader.Complete();

        public PipeWriter Writer => _pipe.Writer;
        public Stream Stream => _pipe.Writer.AsStream();
        public void DisableBuffering() { }
        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();
        public Task CompleteAsync() => Task.CompletedTask;
    }

    private sealed class ErrorLog : ILogger
    {
        public ConcurrentQueue<string> Errors { get; } = new();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning) Errors.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }
}
