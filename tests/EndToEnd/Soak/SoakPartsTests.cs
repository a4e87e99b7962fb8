using System.Buffers.Binary;
using Coxswain.Soak;
using Coxswain.Soak.Clusters;
using Coxswain.Soak.Reports;

namespace Coxswain.EndToEnd.Soak;

public sealed class SoakPartsTests
{
    private static readonly string[] Needed = ["--cox", "c", "--image", "i", "--work", "w"];

    [Fact]
    public void Order_SameSeed_SameFaults_AndAllOfThemBeforeOneComesAgain()
    {
        var names = FaultCatalog.Order([], 5).Take(3 * FaultCatalog.All.Count).Select(f => f.Name).ToList();

        Assert.Equal(names, FaultCatalog.Order([], 5).Take(names.Count).Select(f => f.Name));
        Assert.NotEqual(names, FaultCatalog.Order([], 6).Take(names.Count).Select(f => f.Name));
        Assert.All(names.Chunk(FaultCatalog.All.Count), chunk => Assert.Equal(FaultCatalog.All.Count, chunk.Distinct().Count()));
        Assert.DoesNotContain("write-lost", names);
    }

    [Theory]
    [InlineData("--frobnicate 1", "unknown flag --frobnicate")]
    [InlineData("--minutes", "--minutes needs a value")]
    [InlineData("--minutes x", "--minutes: \"x\" is not a number from 0.05")]
    [InlineData("--pods 2", "--pods: \"2\" is not a number from 5")]
    [InlineData("--only server-killed,none", "--only: there is no fault none (--list prints them)")]
    public void Parse_WhatMakesNoSense_IsOneLine(string line, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => SoakOptions.Parse([.. Needed, .. line.Split(' ')])).Message);

    [Fact]
    public void Parse_Defaults_AreHalfAnHourOfAllFaults()
    {
        var options = SoakOptions.Parse(Needed);

        Assert.Equal((TimeSpan.FromMinutes(30), 20, 4, 0), (options.Duration, options.Pods, options.Writers, options.Only.Count));
    }

    [Fact]
    public void WriteAheadLog_EndsWithItsLastCommit()
    {
        const int Page = 512, Frame = Page + 24;
        var bytes = new byte[32 + (5 * Frame)];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), Page);
        bytes.AsSpan(16, 8).Fill(9);
        // The fourth was cut short, the fifth is from an older log.
        (int, bool, byte)[] frames = [(0, true, 9), (1, false, 9), (2, true, 9), (3, false, 9), (4, true, 7)];
        foreach (var (frame, commits, salt) in frames)
        {
            var header = bytes.AsSpan(32 + (frame * Frame), 24);
            BinaryPrimitives.WriteInt32BigEndian(header[4..], commits ? 1 : 0);
            header.Slice(8, 8).Fill(salt);
        }
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, bytes);
            Assert.Equal(32 + (3 * Frame), WriteAheadLog.EndOf(file));
        }
        finally { File.Delete(file); }
        Assert.Equal(0, WriteAheadLog.EndOf("/nonexistent"));
    }

    [Fact]
    public void Log_StackTrace_IsFoundOnce_WithWhatItWasAbout()
    {
        var findings = new Findings(TextWriter.Null);
        var watch = new LogWatch(findings);
        string[] lines =
        [
            "07:12:01 warning Coxswain.Node: slow", "07:12:02 error Coxswain.Store: it failed", "System.IO.IOException: full",
            "   at System.IO.File.Write(String) + 0x1c", "--- End of stack trace from previous location ---",
            "   at Coxswain.Store.Write() + 0x2d", "07:12:03 warning Coxswain.Node: slow at last (really)",
        ];
        foreach (var line in lines) watch.Take(line);

        Assert.Equal("a stack trace after: System.IO.IOException: full: at System.IO.File.Write(String)",
            Assert.Single(findings.All).Detail);
    }

    [Fact]
    public void Percentiles_AreValuesThatWereMeasured()
    {
        double[] values = [.. Enumerable.Range(1, 100).Select(i => (double)i).Reverse()];

        Assert.Equal((50, 99, 100), (Percentiles.Of(values, 0.5), Percentiles.Of(values, 0.99), Percentiles.Of(values, 1)));
        Assert.Null(Percentiles.Of([], 0.5));
    }
}
