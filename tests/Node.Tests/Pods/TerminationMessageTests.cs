using Coxswain.Node.Linux;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Tests.Pods;

/// <summary>
/// The file of a container's last words, which the container writes: whatever is in its place, it is read within bounds or not at all.
/// </summary>
public sealed class TerminationMessageTests
{
    [Theory]
    [InlineData("long", null)]
    [InlineData("pipe", "Error reading termination message: not a regular file")]
    [InlineData("link", "Error reading termination message: not a regular file")]
    [InlineData("linked directory", "Error reading termination message: open ")]
    public async Task OtherThanAShortFile_HoldsNothingUp(string what, string? message)
    {
        using var scratch = new Scratch();
        scratch.MakeFile("host/0", "secret");
        var ends = new Simulation { Run = _ => new SimulatedProcess { RunsFor = TimeSpan.FromSeconds(2), ExitCode = 3 } };
        await using var node = new TestNode(ends, o => o with { Materialize = true }).Start();
        var pod = TestNode.NewPod("p");
        (pod.Spec.RestartPolicy, pod.Spec.Containers[0].TerminationMessagePath) = ("Never", "/dev/termination-log");
        await node.CreateAsync(pod);
        var uid = (await node.UntilAsync("p", TestNode.IsReady)).Metadata.Uid;
        var file = Path.Combine(node.Directory, "pods", uid, "containers", "c", "0");
        Replace(what, file, scratch);
        node.Time.Advance(TimeSpan.FromSeconds(2));
        var shown = await node.UntilAsync("p", p => p.Status.ContainerStatuses[0].State.Terminated is not null);
        var said = shown.Status.ContainerStatuses[0].State.Terminated.Message;
        if (message is null) Assert.Equal(new string('z', 4096), said);
        else Assert.StartsWith(message, said, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", said, StringComparison.Ordinal);
    }

    private static void Replace(string what, string file, Scratch scratch)
    {
        if (what == "long")
        {
            File.WriteAllText(file, new string('a', 1 << 20) + new string('z', 4096));
            return;
        }
        File.Delete(file);
        if (what == "pipe") scratch.MakePipe(file);
        else if (what == "link") File.CreateSymbolicLink(file, scratch.At("host/0"));
        else
        {
            TreeRemoval.Remove(Path.GetDirectoryName(file)!, CancellationToken.None);
            File.CreateSymbolicLink(Path.GetDirectoryName(file)!, scratch.At("host"));
        }
    }
}
