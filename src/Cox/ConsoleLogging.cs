using System.Data.Common;
using Coxswain.Api;
using Coxswain.Store;

namespace Coxswain;

/// <summary>Logs as short lines on standard error: <c>07:12:01 warning Coxswain.Node.Pods: ...</c>.</summary>
internal sealed class ConsoleLogging(LogLevel least) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new Lines(categoryName, categoryName.StartsWith("Microsoft.", StringComparison.Ordinal) && least < LogLevel.Warning ? LogLevel.Warning : least);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("this logger writes to standard error only");

    public void Dispose() { }

    private sealed class Lines(string category, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var text = $"{DateTime.Now:HH:mm:ss} {Word(logLevel)} {category}: {formatter(state, exception)}";
            if (exception is not null) text += Detail(logLevel, exception);
            Console.Error.WriteLine(text);
        }

        /// <summary>A trace helps with a fault of the program. A full disk or a refused connection is explained by its words.</summary>
        private string Detail(LogLevel level, Exception e)
        {
            if (least <= LogLevel.Debug || (level >= LogLevel.Error && !IsOutside(e))) return $"\n{e}";
            if (SystemFailure.Is(e)) return $" ({SystemFailure.Describe(e)})";
            return IsOutside(e) ? $" ({e.Message})" : $" ({e.GetType().Name}: {e.Message})";
        }

        private static bool IsOutside(Exception e) =>
            SystemFailure.Is(e)
            || e is DbException or StoreUnavailableException or StoreOpenException or StatusException or TimeoutException or OperationCanceledException;

        private static string Word(LogLevel level) => level switch
        {
            LogLevel.Critical => "critical",
            LogLevel.Error => "error",
            LogLevel.Warning => "warning",
            LogLevel.Information => "info",
            _ => "debug",
        };
    }
}
