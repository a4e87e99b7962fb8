using System.Net.WebSockets;
using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Nodes;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

public sealed class PodStreamTests
{
    private const string Pod = "/api/v1/namespaces/ns/pods/p";

    [Fact]
    public async Task Log_OfARunningContainer_IsPlainText()
    {
        await using var server = await StartAsync(containers: ["a"]);

        Assert.Equal((200, "p/a tail=7\n"), await server.SendAsync(HttpMethod.Get, $"{Pod}/log?tailLines=7"));
    }

    [Theory]
    [InlineData("", "a container name must be specified for pod p, choose one of: [a b]")]
    [InlineData("?container=c", "container c is not valid for pod p")]
    [InlineData("?container=b", "container \\\"b\\\" in pod \\\"p\\\" is waiting to start: ContainerCreating")]
    [InlineData("?container=a&previous=true", "previous terminated container \\\"a\\\" in pod \\\"p\\\" not found")]
    public async Task Log_ThatCannotBe_SaysWhyInUpstreamsWords(string query, string message)
    {
        await using var server = await StartAsync(containers: ["a", "b"]);
        var answer = await server.SendAsync(HttpMethod.Get, $"{Pod}/log{query}");

        Assert.Equal(400, answer.Code);
        Assert.Contains($"\"message\":\"{message}\"", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v5.channel.k8s.io")]
    [InlineData("v4.channel.k8s.io")]
    public async Task Exec_NonZeroExit_ReportsTheCodeOnTheErrorChannel(string protocol)
    {
        await using var server = await StartAsync(containers: ["a"], exitCode: 3);
        var channels = await ExecAsync(server, "command=ls&command=-l&stdout=true&stderr=true", protocol);

        Assert.Equal("ls -l", channels[1]);
        Assert.Equal("oops", channels[2]);
        Assert.Contains("\"reason\":\"NonZeroExitCode\"", channels[3], StringComparison.Ordinal);
        Assert.Contains("\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"3\"}]", channels[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_StdinClosedByV5Signal_EndsTheInput()
    {
        await using var server = await StartAsync(containers: ["a"]);
        var channels = await ExecAsync(server, "command=cat&stdin=true&stdout=true", "v5.channel.k8s.io", [[0, .. "hello "u8], [0, .. "there"u8], [255, 0]]);

        Assert.Equal("hello there", channels[1]);
        Assert.Equal("""{"metadata":{},"status":"Success"}""", channels[3]);
    }

    [Theory]
    [InlineData("v5.channel.k8s.io", "Internal error occurred: Internal error occurred: ")]
    [InlineData("v4.channel.k8s.io", "Internal error occurred: ")]
    public async Task Exec_CommandThatCannotStart_IsAnInternalError(string protocol, string prefix)
    {
        await using var server = await StartAsync(containers: ["a"]);
        var channels = await ExecAsync(server, "command=missing&stdout=true", protocol);

        Assert.Contains("\"reason\":\"InternalError\"", channels[3], StringComparison.Ordinal);
        Assert.Contains($"\"message\":\"{prefix}error executing command in container", channels[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stdout=true", "you must specify at least 1 command for the container")]
    [InlineData("command=ls", "you must specify at least 1 of stdin, stdout, stderr")]
    [InlineData("command=ls&stdout=true", "Upgrade request required")]
    public async Task Exec_BadRequest_SaysWhy(string query, string message)
    {
        await using var server = await StartAsync(containers: ["a"]);
        var answer = await server.SendAsync(HttpMethod.Get, $"{Pod}/exec?{query}");

        Assert.Equal(400, answer.Code);
        Assert.Contains(message, answer.Body, StringComparison.Ordinal);
    }

    internal static async Task<HttpFixture> StartAsync(string[] containers, int exitCode = 0, INodeConnector? node = null, TimeProvider? pkiTime = null)
    {
        var server = await HttpFixture.StartAsync(node: node ?? new FakeNode(exitCode), pkiTime: pkiTime);
        // Straight into the store's front door would need a node agent; the status is written as one would.
        await server.Client.CreateAsync(Kinds.ServiceAccounts, new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "default", NamespaceProperty = "ns" } }, HttpFixture.Ct);
        var pod = await server.Client.CreateAsync(Kinds.Pods, new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "ns" },
            Spec = new V1PodSpec { NodeName = "n1", Containers = [.. containers.Select(c => new V1Container { Name = c, Image = "i" })] },
        }, HttpFixture.Ct);
        pod = Kinds.Pods.Clone(pod);
        pod.Status = new V1PodStatus
        {
            Phase = "Running",
            ContainerStatuses =
            [
                .. containers.Select((c, i) => new V1ContainerStatus
                {
                    Name = c, Image = "i", ImageID = "", Ready = i == 0, RestartCount = 0,
                    State = i == 0 ? new V1ContainerState { Running = new V1ContainerStateRunning() } : new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = "ContainerCreating" } },
                }),
            ],
        };
        await server.Client.UpdateAsync(Kinds.Pods, pod, "status", HttpFixture.Ct);
        return server;
    }

    /// <summary>What came on each channel until the server closed.</summary>
    private static async Task<Dictionary<byte, string>> ExecAsync(HttpFixture server, string query, string protocol, byte[][]? messages = null)
    {
        using var handler = new SocketsHttpHandler { SslOptions = server.Tls(server.Pki.AdminCertificate) };
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
        await socket.ConnectAsync(new UriBuilder(server.Address) { Scheme = "wss", Path = $"{Pod}/exec", Query = query }.Uri, invoker, HttpFixture.Ct);
        Assert.Equal(protocol, socket.SubProtocol);
        foreach (var message in messages ?? []) await socket.SendAsync(message, WebSocketMessageType.Binary, true, HttpFixture.Ct);
        var channels = new Dictionary<byte, string>();
        var buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer, HttpFixture.Ct).WaitAsync(HttpFixture.Bound, HttpFixture.Ct) is { MessageType: WebSocketMessageType.Binary } got)
        {
            channels[buffer[0]] = channels.GetValueOrDefault(buffer[0], "") + Encoding.UTF8.GetString(buffer, 1, got.Count - 1);
        }
        return channels;
    }
}
