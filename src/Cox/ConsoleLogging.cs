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
            if (exception is not null) text += logLevel >= LogLevel.Error || least <= LogLevel.Debug ? $"\n{exception}" : $" ({exception.GetType().Name}: {exception.Message})";
            Console.Error.WriteLine(text);
        }

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
