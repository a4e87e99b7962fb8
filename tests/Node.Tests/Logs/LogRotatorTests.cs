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
}
