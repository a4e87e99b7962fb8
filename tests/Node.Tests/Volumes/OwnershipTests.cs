using Coxswain.Node.Linux;
using Coxswain.Node.Volumes;

namespace Coxswain.Node.Tests.Volumes;

/// <summary>Giving a volume to a group, against what a container left in it.</summary>
public sealed class OwnershipTests : IDisposable
{
    private const int Group = 54321;
    private readonly Scratch _scratch = new();

    public OwnershipTests() => Assert.SkipWhen(Environment.UserName != "root", "needs root");

    public void Dispose() => _scratch.Dispose();

    private (uint Group, string Mode) At(string path)
    {
        using var entry = PathHandle.OpenTrusted(_scratch.Path).Open(path);
        return (entry.Status.Group, Convert.ToString(entry.Status.Mode, 8));
    }

    [Theory]
    [InlineData(false, "2775", "664", "770")]
    [InlineData(true, "2755", "644", "750")]
    public void Apply_GivesFilesDirectoriesAndPipes_AsMuchAsTheyNeed(bool readOnly, string directory, string file, string program)
    {
        _scratch.MakeFile("v/dir/file");
        _scratch.MakeFile("v/dir/program", mode: 0b111_001_000);
        _scratch.MakePipe("v/pipe");
        Ownership.Apply(_scratch.At("v"), Group, readOnly, CancellationToken.None);
        Assert.Equal([(Group, directory), (Group, directory), (Group, file), (Group, program), (Group, file)], ((string[])["v", "v/dir", "v/dir/file", "v/dir/program", "v/pipe"]).Select(p => At(p)));
    }

    [Fact]
    public void Apply_LinksToTheNode_LeaveTheNodeAlone()
    {
        _scratch.MakeFile("host/secret", mode: 0b110_000_000);
        _scratch.MakeDirectory("v");
        _scratch.MakeLink("v/dir", _scratch.At("host"));
        _scratch.MakeLink("v/file", _scratch.At("host/secret"));
        var before = (At("host"), At("host/secret"));
        Ownership.Apply(_scratch.At("v"), Group, readOnly: false, CancellationToken.None);
        Assert.Equal(before, (At("host"), At("host/secret")));
        Assert.Equal((0u, "600"), At("host/secret"));
        Assert.Equal(((uint)Group, (uint)Group), (At("v/dir").Group, At("v/file").Group)); // the links themselves
    }
}
