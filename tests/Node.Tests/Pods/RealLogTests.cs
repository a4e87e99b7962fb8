using System.Text;
using Coxswain.Client;
using Coxswain.Node.Logs;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Tests.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>Logs of containers that really write.</summary>
public sealed class RealLogTests(ContainerdFixture containerd) : RealPods(containerd)
{
    private const int Lines = 200_000, Width = 64;

    /// <summary>More than ten megabytes of lines, then silence until told, then one more.</summary>
    private static readonly string Talk = $"yes {new string('x', Width - 1)} | head -n {Lines}; until [ -e /go ]; do sleep 0.2; done; echo after; exec sleep 1000";

    [Fact]
    public async Task Log_ThatGrowsTooLarge_IsRotated_AndAFollowerMissesNothing()
    {
        var ct = TestContext.Current.CancellationToken;
        var pod = await StartAsync(NewPod("talker", "sh", "-c", Talk));
        var log = new PodPaths(Data).Log(pod, "c", 0);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var output = new CountingStream();
        var following = Agent.WriteLogAsync(pod, "c", new LogOptions { Follow = true }, output, stop.Token);

        await TestNode.UntilAsync(() => Directory.GetFiles(Path.GetDirectoryName(log)!).Length == 2, () => string.Join('\n', Directory.GetFiles(Path.GetDirectoryName(log)!).Select(f => $"{f} {new FileInfo(f).Length}")));
        Assert.Equal("", await RunAsync(pod, "touch /go"));
        await TestNode.UntilAsync(() => output.Tail.EndsWith("after\n", StringComparison.Ordinal), () => $"{output.Length} {output.Tail}");
        Assert.Equal((long)Lines * Width + "after\n".Length, output.Length); // neither less nor more
        Assert.True(new FileInfo(log).Length < (long)Lines * Width); // what came after lies in a new file; on a slow machine that is some of the lines, too
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
    }

    /// <summary>Keeps the length and the end of what is written.</summary>
    private sealed class CountingStream : MemoryStream
    {
        private readonly Lock _lock = new();
        private long _length;
        private byte[] _tail = [];

        public override long Length { get { lock (_lock) return _length; } }
        public string Tail { get { lock (_lock) return Encoding.UTF8.GetString(_tail); } }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            lock (_lock)
            {
                _length += buffer.Length;
                _tail = [.. _tail, .. buffer];
                if (_tail.Length > 100) _tail = _tail[^100..];
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
