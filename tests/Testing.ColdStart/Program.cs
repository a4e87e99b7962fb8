using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using Coxswain.Testing;

// Prints how many milliseconds the first cluster of a process took to start, and how many methods had to be compiled for it.
var (start, compiled) = (Stopwatch.GetTimestamp(), JitInfo.GetCompiledMethodCount());
await using var cluster = await TestCluster.StartAsync();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} {JitInfo.GetCompiledMethodCount() - compiled}"));
