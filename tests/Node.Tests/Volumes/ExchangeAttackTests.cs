using System.Diagnostics;
using Coxswain.Node.Linux;
using Coxswain.Node.Volumes;
using Microsoft.Win32.SafeHandles;

namespace Coxswain.Node.Tests.Volumes;

/// <summary>These keep a processor busy, which tests under a fake clock could not bear beside them.</summary>
[CollectionDefinition("exchange attacks", DisableParallelization = true)]
public sealed class ExchangeAttackCollection;

/// <summary>Everything that the agent does in a volume, while a container exchanges a directory in it for a link to the node's.</summary>
[Collection("exchange attacks")]
public sealed class ExchangeAttackTests : IDisposable
{
    private const int Group = 54321;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Scratch _scratch = new();

    public ExchangeAttackTests()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root");
        Assert.SkipWhen(TestKit.ExchangeProgram.Missing is not null, TestKit.ExchangeProgram.Missing ?? "");
    }

    public void Dispose() => _scratch.Dispose();

    /// <summary>Tries until it has met both the directory and the link often.</summary>
    private static void Repeat(ExchangeAttack attack, Action<int> attempt)
    {
        var (done, refused, start) = (0, 0, Stopwatch.GetTimestamp());
        for (var i = 0; done < 200 || refused < 200; i++)
        {
            Assert.True(attack.Runs && Stopwatch.GetElapsedTime(start) < Limit, $"{done} done, {refused} refused");
            try
            {
                attempt(i);
                done++;
            }
            catch (Exception e) when (e is SubPathException or IOException) { refused++; }
        }
    }

    private (uint Group, string Mode) At(string path)
    {
        using var root = PathHandle.OpenTrusted(_scratch.Path);
        using var entry = root.Open(path);
        return (entry.Status.Group, Convert.ToString(entry.Status.Mode, 8));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // as on kernels without openat2
    public void Walk_NeverArrivesOutside(bool byName)
    {
        using var attack = new ExchangeAttack(_scratch.Path);
        using var volume = Syscalls.Open(attack.Volume, Syscalls.PathOnly);
        Repeat(attack, _ =>
        {
            using var found = Find("sub/inside\0"u8, out var error);
            if (found is null) throw Syscalls.Failed("inside", error);
        });
        Repeat(attack, _ =>
        {
            using var found = Find("sub/secret\0"u8, out var error);
            Assert.Null(found);
            if (error != Errno.NotFound) throw Syscalls.Failed("secret", error); // in the volume's own directory there is none
        });

        SafeFileHandle? Find(ReadOnlySpan<byte> path, out int error) => byName ? BeneathOpener.TryWalk(volume, path, out error) : BeneathOpener.TryOpen(volume, path, out error);
    }

    [Fact]
    public void SubPath_MakesNothingOutside()
    {
        using var attack = new ExchangeAttack(_scratch.Path);
        Repeat(attack, i => SubPath.Open(attack.Volume, $"sub/new-{i}").Dispose());
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(attack.Outside).Select(Path.GetFileName));
    }

    /// <summary>What is opened, what is bound and what the path then shows is the volume's own each time, or nothing.</summary>
    [Fact]
    public void Bind_NeverShowsTheNode()
    {
        using var attack = new ExchangeAttack(_scratch.Path);
        var mounter = new LinuxMounter();
        Repeat(attack, _ =>
        {
            using (var opened = SubPath.Open(attack.Volume, "sub")) mounter.Bind(opened, _scratch.At("pod/0"), shared: false);
            Assert.Equal(["inside"], Directory.GetFileSystemEntries(_scratch.At("pod/0")).Select(Path.GetFileName));
            mounter.UnmountUnder(_scratch.At("pod"));
        });
        Assert.DoesNotContain(Mounts.Points(), p => p.StartsWith(_scratch.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void Ownership_LeavesTheNodeAlone()
    {
        using var attack = new ExchangeAttack(_scratch.Path);
        for (var round = 0; round < 1000; round++)
        {
            try { Ownership.Apply(attack.Volume, Group, readOnly: false, CancellationToken.None); }
            catch (IOException) { } // something was exchanged: the walk may give up
        }
        Assert.True(attack.Runs);
        Assert.Equal(((0u, "755"), (0u, "644")), (At("outside"), At("outside/secret")));
        Assert.Equal((uint)Group, At("volume").Group);
    }

    [Fact]
    public void Removal_RemovesNothingOutside()
    {
        for (var round = 0; round < 20; round++)
        {
            using var attack = new ExchangeAttack(_scratch.MakeDirectory($"{round}"));
            for (var i = 0; i < 20; i++) File.WriteAllText(Path.Combine(attack.Outside, $"{i}"), "");
            try { TreeRemoval.Remove(attack.Volume, CancellationToken.None); }
            catch (IOException) { } // it may resist; it may not lead elsewhere
            Assert.Equal(21, Directory.GetFiles(attack.Outside).Length);
        }
    }
}
