using System.Text;
using Coxswain.Api;
using Coxswain.Node.Containerd;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>What stands where the node keeps its own and is none of it.</summary>
public sealed class GarbageTests
{
    [Fact]
    public async Task InTheNodesDirectory_DoesNotKeepPodsFromRunning_AndGoes()
    {
        await using var node = new TestNode(configure: o => o with { Materialize = true });
        string At(string path) => Path.Combine(node.Directory, path);
        Directory.CreateDirectory(At("pods/0000/volumes/kubernetes.io~configmap/v/..data"));
        await File.WriteAllTextAsync(At("pods/0000/etc-hosts"), "junk", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(At("pods/not a uid"));
        await File.WriteAllTextAsync(At("pods/junk"), "junk", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(At("logs/pods/default_gone_0000/c/0.log")); // a directory where a file should be
        await File.WriteAllTextAsync(At("logs/pods/junk"), "junk", TestContext.Current.CancellationToken);
        node.Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        await node.UntilAsync("p", TestNode.IsReady);
        await TestNode.UntilAsync(() => !Directory.Exists(At("pods/0000")) && !Directory.Exists(At("pods/not a uid")) && !Directory.Exists(At("logs/pods/default_gone_0000")));
    }

    /// <summary>What is left of a former Pod and cannot be removed is nobody's trouble but its own.</summary>
    [Fact]
    public async Task OrphanThatResists_StopsNobody()
    {
        await using var node = new TestNode(new Simulation { Stop = s => s == "stubborn" ? new RuntimeException(RuntimeErrorCode.Unknown, "it will not") : null });
        foreach (var name in (string[])["stubborn", "meek"])
        {
            await node.Simulated.RunSandboxAsync(new SandboxConfig
            {
                Metadata = new SandboxMetadata(name, "default", name, 0),
                Labels = new Dictionary<string, string> { [Coxswain.Node.Pods.PodLabels.Node] = Coxswain.Node.Pods.PodLabels.Instance(TestNode.Name, node.Directory) },
            }, TestContext.Current.CancellationToken);
        }
        node.Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        await node.UntilAsync("p", TestNode.IsReady);
        await TestNode.UntilAsync(() => node.Simulated.ListSandboxesAsync(null, default).Result.All(s => s.Metadata.Name != "meek"));
        await node.CreateAsync(TestNode.NewPod("q"));
        await node.UntilAsync("q", TestNode.IsReady);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("1 2 3 4")]
    [InlineData("99999999999999999999 boot 5")]
    [InlineData("12 boot many")]
    public async Task InContainerdsPidFile_IsNoProcess(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
            Assert.Null(ProcessIdentity.Read(file));
        }
        finally { File.Delete(file); }
    }

    [Fact]
    public async Task InContainerdsConfiguration_IsNotTakenForOurs()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "snapshotter = \"native\" [[[", TestContext.Current.CancellationToken);
            Assert.Null(ContainerdConfig.Read(file));
            var text = ContainerdConfig.Text(new ContainerdOptions { Directory = "/d", CniConfigDirectory = "/c" }, new ContainerdPaths("/d"), overlay: true);
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
            Assert.Equal(text, ContainerdConfig.Read(file));
        }
        finally { File.Delete(file); }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"auths\": 5}")]
    [InlineData("{\"auths\": {\"127.0.0.1:5000\": {\"auth\": \"!!!\"}}}")]
    [InlineData("{\"auths\": {\"127.0.0.1:5000\": {\"username\": 7}}}")]
    public async Task InAPullSecret_IsNoCredentials(string config)
    {
        await using var node = new TestNode().Start();
        var secret = Kinds.Secrets.New("default", "pull");
        secret.Data = new Dictionary<string, byte[]> { [".dockerconfigjson"] = Encoding.UTF8.GetBytes(config) };
        await node.Api.CreateAsync(Kinds.Secrets, secret, TestContext.Current.CancellationToken);
        var pod = TestNode.NewPod("p");
        (pod.Spec.Containers[0].Image, pod.Spec.ImagePullSecrets) = ("127.0.0.1:5000/x:1", [new V1LocalObjectReference { Name = "pull" }]);
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
    }
}
