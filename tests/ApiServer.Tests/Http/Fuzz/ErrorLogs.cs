using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Coxswain.ApiServer.Tests.Http.Fuzz;

/// <summary>Keeps what the server logs as an error.</summary>
internal sealed class ErrorLogs : ILoggerFactory, ILogger
{
    public ConcurrentQueue<string> Errors { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;
    public void AddProvider(ILoggerProvider provider) { }
    public void Dispose() { }
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error) Errors.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
