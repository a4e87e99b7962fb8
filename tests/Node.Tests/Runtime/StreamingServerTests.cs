using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Coxswain.Node.Tests.Runtime;

/// <summary>containerd's second server, for exec and attach streams: nobody on the machine may reach it.</summary>
public sealed class StreamingServerTests(ContainerdFixture containerd) : IClassFixture<ContainerdFixture>
{
    private const int BytesAnAddress = 4;

    [Fact]
    public async Task Containerd_Runs_NoneOfItsTcpPortsCanBeDialled()
    {
        Assert.SkipWhen(ContainerdFixture.Missing is not null, ContainerdFixture.Missing ?? "");
        foreach (var (address, port) in ListenersOf(containerd.Host.Pid))
            foreach (var target in (IPAddress[])[address, IPAddress.Loopback, IPAddress.IPv6Loopback]) // one that listens everywhere answers there, too
                await Assert.ThrowsAsync<SocketException>(() => DialAsync(new IPEndPoint(target, port)));
    }

    private static async Task DialAsync(IPEndPoint target)
    {
        using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(target, TestContext.Current.CancellationToken);
    }

    /// <summary>What a process listens on over TCP, by the kernel's tables.</summary>
    private static List<(IPAddress Address, int Port)> ListenersOf(int pid)
    {
        var open = Directory.GetFiles($"/proc/{pid}/fd").Select(fd => new FileInfo(fd).LinkTarget).Where(target => target?.StartsWith("socket:[", StringComparison.Ordinal) == true)
            .Select(target => target!["socket:[".Length..^1]).ToHashSet();
        var found = new List<(IPAddress, int)>();
        foreach (var table in (string[])["tcp", "tcp6"])
        {
            foreach (var line in File.ReadLines($"/proc/{pid}/net/{table}").Skip(1))
            {
                var cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries); // local address:port is cell 1, the state cell 3 (0A: listens), the inode cell 9
                if (cells[3] != "0A" || !open.Contains(cells[9])) continue;
                var (address, port) = (cells[1].Split(':')[0], cells[1].Split(':')[1]);
                found.Add((Address(address), int.Parse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
            }
        }
        return found;
    }

    /// <summary>The kernel prints each 32 bits as a number of this machine's byte order.</summary>
    private static IPAddress Address(string hex) =>
        new([.. Convert.FromHexString(hex).Chunk(BytesAnAddress).SelectMany(word => BitConverter.IsLittleEndian ? word.Reverse() : word)]);
}
