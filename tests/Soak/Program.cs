using System.Runtime.InteropServices;
using Coxswain.Soak;

// See SoakOptions.Usage.
if (args.Contains("--list"))
{
    foreach (var fault in FaultCatalog.All) Console.WriteLine(fault.Name);
    return 0;
}

SoakOptions options;
try
{
    options = SoakOptions.Parse(args);
}
catch (ArgumentException e)
{
    await Console.Error.WriteLineAsync($"soak: {e.Message}\n{SoakOptions.Usage}");
    return 2;
}

// The load must not wait for the pool to grow: a late answer would look like a slow server.
ThreadPool.SetMinThreads(32, 32);
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
return await SoakRun.RunAsync(options, Console.Out, stop.Token) ? 0 : 1;

void End(PosixSignalContext signal)
{
    signal.Cancel = true; // everything that was started is ended first
    stop.Cancel();
}
