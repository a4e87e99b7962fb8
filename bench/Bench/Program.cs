using System.Runtime.InteropServices;
using Coxswain.Bench;
using Coxswain.Bench.Floor;

// See BenchOptions.Usage. The same program is its own floor server: `Bench floor DIRECTORY`.
if (args is ["floor", var directory]) return await FloorServer.RunAsync(directory);

BenchOptions options;
try
{
    options = BenchOptions.Parse(args);
}
catch (ArgumentException e)
{
    await Console.Error.WriteLineAsync($"bench: {e.Message}\n{BenchOptions.Usage}");
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
return await BenchRun.RunAsync(options, stop.Token);

void End(PosixSignalContext signal)
{
    signal.Cancel = true; // what was started is cleaned up first
    stop.Cancel();
}
