using Coxswain.Node.Linux;
using Coxswain.Node.Logs;

namespace Coxswain.Node.Tests.Logs;

public sealed class LogRotatorTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("coxswain-rotate-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Trim_ManyOldFiles_KeepsTheCurrentAndTheNewest()
    {
        string[] old = ["0.log.20260102-030405", "0.log.20260102-030406", "0.log.20260102-030407", "0.log.20260102-030408", "0.log.20260102-030409"];
        foreach (var name in (string[])[.. old, "0.log", "10.log", "10.log.20260102-030405"]) File.WriteAllText(Path.Combine(_directory, name), name);
        using (var directory = PathHandle.OpenTrusted(_directory)) LogRotator.Trim(directory, "0.log");
        Assert.Equal(["0.log", .. old[1..], "10.log", "10.log.20260102-030405"], Directory.GetFiles(_directory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    /// <summary>By its name a file is older or newer than the others: the clock may have been set back, or two may be rotated within a second.</summary>
    [Theory]
    [InlineData("20260102-040000", "20260102-040000")]
    [InlineData("20260102-030405", "20260102-030410")]
    [InlineData("20260102-020405", "20260102-030410")]
    public void NextStamp_IsAlwaysTheNewest(string now, string stamp) =>
        Assert.Equal(stamp, LogRotator.NextStamp(["20260102-030408", "20260102-030409", "left-by-somebody"], DateTime.ParseExact(now, "yyyyMMdd-HHmmss", null)));
}
