using System.Text;
using Coxswain.Api;
using Coxswain.Node.Linux;
using k8s.Models;

namespace Coxswain.Node.Tests.Volumes;

public sealed class VolumeTests
{
    private static TestNode New() => new(configure: o => o with { Materialize = true, ClusterDns = ["10.43.0.10"] });

    private static async Task<string> MountAsync(TestNode node, string container, string inside)
    {
        var id = (await node.ContainersAsync()).Single(c => c.Name == container).Id;
        return (await node.Simulated.GetContainerAsync(id, TestContext.Current.CancellationToken))!.Mounts.Single(m => m.ContainerPath == inside).HostPath;
    }

    private static V1Pod PodWith(V1Volume volume, string? subPath = null)
    {
        var pod = TestNode.NewPod("p");
        volume.Name = "v";
        pod.Spec.Volumes = [volume];
        pod.Spec.Containers[0].VolumeMounts = [new V1VolumeMount { Name = "v", MountPath = "/v", SubPath = subPath }];
        return pod;
    }

    private static Task<V1ConfigMap> MapAsync(TestNode node, string name, params (string Key, string Value)[] data)
    {
        var map = Kinds.ConfigMaps.New("default", name);
        map.Data = data.ToDictionary(d => d.Key, d => d.Value);
        return node.Api.CreateAsync(Kinds.ConfigMaps, map, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ConfigMap_IsMounted_AndAChangeReachesTheFilesByTheWatchAlone()
    {
        await using var node = New().Start();
        var map = await MapAsync(node, "app", ("a", "1"), ("b", "2"));
        await node.CreateAsync(PodWith(new V1Volume { ConfigMap = new V1ConfigMapVolumeSource { Name = "app" } }));
        await node.UntilAsync("p", TestNode.IsReady);
        var path = await MountAsync(node, "c", "/v");
        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(path, "a"), TestContext.Current.CancellationToken));
        Assert.Equal("..data/a", new FileInfo(Path.Combine(path, "a")).LinkTarget);
        Assert.Equal(0b110_100_100, (int)File.GetUnixFileMode(Path.Combine(path, "..data", "a")));
        node.Api.Change(Kinds.ConfigMaps, map.Metadata.NamespaceProperty, map.Metadata.Name, value =>
        {
            value.Data.Remove("b");
            value.Data["a"] = "changed";
        });
        await TestNode.UntilAsync(() => File.ReadAllText(Path.Combine(path, "a")) == "changed" && !File.Exists(Path.Combine(path, "b"))); // and the clock stands still
        await TestNode.UntilAsync(() => Directory.GetDirectories(path, "..20*").Length == 1); // the old files go
    }

    [Fact]
    public async Task ConfigMap_WithItemsAndMode_HasOnlyThose()
    {
        await using var node = New().Start();
        await MapAsync(node, "app", ("a", "1"), ("b", "2"));
        await node.CreateAsync(PodWith(new V1Volume { ConfigMap = new V1ConfigMapVolumeSource { Name = "app", DefaultMode = 0b100_000_000, Items = [new V1KeyToPath { Key = "a", Path = "dir/file" }] } }));
        await node.UntilAsync("p", TestNode.IsReady);
        var path = await MountAsync(node, "c", "/v");
        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(path, "dir/file"), TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Path.Combine(path, "b")));
        Assert.Equal(0b100_000_000, (int)File.GetUnixFileMode(Path.Combine(path, "..data/dir/file")));
    }

    [Fact]
    public async Task OptionalSources_MayBeMissing_AndAppearWhenTheyCome()
    {
        await using var node = New().Start();
        await MapAsync(node, "half", ("there", "1"));
        await node.CreateAsync(PodWith(new V1Volume
        {
            Projected = new V1ProjectedVolumeSource
            {
                DefaultMode = 0b100_100_000,
                Sources =
                [
                    new V1VolumeProjection { ConfigMap = new V1ConfigMapProjection { Name = "none", Optional = true } },
                    new V1VolumeProjection { ConfigMap = new V1ConfigMapProjection { Name = "half", Optional = true, Items = [new V1KeyToPath { Key = "there", Path = "a" }, new V1KeyToPath { Key = "not", Path = "b" }] } },
                    new V1VolumeProjection { Secret = new V1SecretProjection { Name = "secret", Optional = true, Items = [new V1KeyToPath { Key = "pw", Path = "deep/pw", Mode = 0b100_000_000 }] } },
                ],
            },
        }));
        await node.UntilAsync("p", TestNode.IsReady);
        var path = await MountAsync(node, "c", "/v");
        Assert.Equal(["a"], Directory.GetFiles(path).Select(Path.GetFileName));
        Assert.Equal(0b100_100_000, (int)File.GetUnixFileMode(Path.Combine(path, "..data/a")));
        var map = Kinds.ConfigMaps.New("default", "none");
        map.BinaryData = new Dictionary<string, byte[]> { ["bytes"] = [0, 255] };
        await node.Api.CreateAsync(Kinds.ConfigMaps, map, TestContext.Current.CancellationToken);
        var secret = Kinds.Secrets.New("default", "secret");
        secret.Data = new Dictionary<string, byte[]> { ["pw"] = [1], ["other"] = [2] };
        await node.Api.CreateAsync(Kinds.Secrets, secret, TestContext.Current.CancellationToken);
        await TestNode.UntilAsync(() => File.Exists(Path.Combine(path, "bytes")) && File.Exists(Path.Combine(path, "deep/pw")));
        Assert.Equal([0, 255], await File.ReadAllBytesAsync(Path.Combine(path, "bytes"), TestContext.Current.CancellationToken));
        Assert.Equal(0b100_000_000, (int)File.GetUnixFileMode(Path.Combine(path, "..data/deep/pw")));
        Assert.False(File.Exists(Path.Combine(path, "other")));
    }

    [Fact]
    public async Task Secret_WithItemsAndModes_HasOnlyThose_AndWaitsForAKeyThatIsMissing()
    {
        await using var node = New().Start();
        var secret = Kinds.Secrets.New("default", "s");
        secret.Data = new Dictionary<string, byte[]> { ["pw"] = [1], ["other"] = [2] };
        secret = await node.Api.CreateAsync(Kinds.Secrets, secret, TestContext.Current.CancellationToken);
        await node.CreateAsync(PodWith(new V1Volume
        {
            Secret = new V1SecretVolumeSource
            {
                SecretName = "s", DefaultMode = 0b100_000_000,
                Items = [new V1KeyToPath { Key = "pw", Path = "deep/pw" }, new V1KeyToPath { Key = "late", Path = "late", Mode = 0b100_100_000 }],
            },
        }));
        await TestNode.UntilAsync(() => node.Events("FailedMount").Count == 1);
        Assert.Equal("MountVolume.SetUp failed for volume \"v\" : references non-existent secret key: late", node.Events("FailedMount")[0].Message);
        node.Api.Change(Kinds.Secrets, secret.Metadata.NamespaceProperty, secret.Metadata.Name, value => value.Data["late"] = [3]);
        await node.UntilAsync("p", TestNode.IsReady); // and the clock stands still
        var path = await MountAsync(node, "c", "/v");
        Assert.Equal(["deep", "late"], new DirectoryInfo(path).GetFileSystemInfos().Select(f => f.Name).Where(n => !n.StartsWith("..", StringComparison.Ordinal)).Order());
        Assert.Equal((0b100_000_000, 0b100_100_000), ((int)File.GetUnixFileMode(Path.Combine(path, "..data/deep/pw")), (int)File.GetUnixFileMode(Path.Combine(path, "..data/late"))));
    }

    [Fact]
    public async Task DownwardApi_HasFieldsAndResources_WithTheirModes()
    {
        await using var node = New().Start();
        var pod = PodWith(new V1Volume
        {
            DownwardAPI = new V1DownwardAPIVolumeSource
            {
                DefaultMode = 0b100_100_000,
                Items =
                [
                    new V1DownwardAPIVolumeFile { Path = "labels", FieldRef = new V1ObjectFieldSelector { FieldPath = "metadata.labels" } },
                    new V1DownwardAPIVolumeFile { Path = "one", FieldRef = new V1ObjectFieldSelector { FieldPath = "metadata.annotations['note']" }, Mode = 0b100_000_000 },
                    new V1DownwardAPIVolumeFile { Path = "deep/cpu", ResourceFieldRef = new V1ResourceFieldSelector { ContainerName = "c", Resource = "limits.cpu", Divisor = new ResourceQuantity("1m") } },
                    new V1DownwardAPIVolumeFile { Path = "memory", ResourceFieldRef = new V1ResourceFieldSelector { ContainerName = "c", Resource = "requests.memory" } },
                ],
            },
        });
        pod.Metadata.Labels = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" };
        pod.Metadata.Annotations = new Dictionary<string, string> { ["note"] = "well" };
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements
        {
            Limits = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("250m") }, Requests = new Dictionary<string, ResourceQuantity> { ["memory"] = new("32Mi") },
        };
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        var path = await MountAsync(node, "c", "/v");
        string Read(string file) => File.ReadAllText(Path.Combine(path, file));
        Assert.Equal(("a=\"1\"\nb=\"2\"", "well", "250", "33554432"), (Read("labels"), Read("one"), Read("deep/cpu"), Read("memory")));
        Assert.Equal((0b100_100_000, 0b100_000_000), ((int)File.GetUnixFileMode(Path.Combine(path, "..data/labels")), (int)File.GetUnixFileMode(Path.Combine(path, "..data/one"))));
    }

    [Fact]
    public async Task Change_OfSeveralKeys_IsSeenWholeOrNotAtAll()
    {
        await using var node = New().Start();
        var map = await MapAsync(node, "app", ("a", "0"), ("b", "0"));
        await node.CreateAsync(PodWith(new V1Volume { ConfigMap = new V1ConfigMapVolumeSource { Name = "app" } }));
        await node.UntilAsync("p", TestNode.IsReady);
        var data = Path.Combine(await MountAsync(node, "c", "/v"), "..data");
        for (var i = 1; i <= 20; i++)
        {
            node.Api.Change(Kinds.ConfigMaps, map.Metadata.NamespaceProperty, map.Metadata.Name, value => (value.Data["a"], value.Data["b"]) = ($"{i}", $"{i}"));
            var last = $"{i}";
            await TestNode.UntilAsync(() => Both(data) is { } both && both == (last, last));
        }

        // One look through the link at both, as a reader does who has opened the directory; null when it was replaced and removed meanwhile.
        static (string, string)? Both(string link)
        {
            var directory = Path.Combine(Path.GetDirectoryName(link)!, new DirectoryInfo(link).LinkTarget!);
            try
            {
                var both = (File.ReadAllText(Path.Combine(directory, "a")), File.ReadAllText(Path.Combine(directory, "b")));
                Assert.Equal(both.Item1, both.Item2);
                return both;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException) { return null; }
        }
    }

    [Fact]
    public async Task NoClusterDns_IsTold_AndTheNodesIsUsed()
    {
        await using var node = new TestNode(configure: o => o with { Materialize = true }).Start();
        var pod = await node.CreateAsync(TestNode.NewPod("p"));
        var own = TestNode.NewPod("own");
        own.Spec.DnsPolicy = "Default";
        await node.CreateAsync(own);
        await node.UntilAsync("p", TestNode.IsReady);
        await node.UntilAsync("own", TestNode.IsReady);
        await TestNode.UntilAsync(() => node.Events("MissingClusterDNS").Count == 2);
        const string Why = "kubelet does not have ClusterDNS IP configured and cannot create Pod using \"ClusterFirst\" policy. Falling back to \"Default\" policy.";
        Assert.Equal([("Node", Why), ("Pod", $"pod: \"p_default({pod.Metadata.Uid})\". {Why}")], node.Events("MissingClusterDNS").Select(e => (e.InvolvedObject.Kind, e.Message)).OrderBy(e => e.Kind));
    }

    [Fact]
    public async Task Dns_BeyondTheLimits_IsCutAndTold()
    {
        await using var node = new TestNode(configure: o => o with { Materialize = true }).Start();
        var pod = TestNode.NewPod("p");
        var path = new string('s', 60);
        (pod.Spec.DnsPolicy, pod.Spec.DnsConfig) = ("None", new V1PodDNSConfig
        {
            Nameservers = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"],
            Searches = [.. Enumerable.Range(10, 40).Select(i => $"{path}.{i}")], // 33 of them are longer than a line may be
        });
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        await TestNode.UntilAsync(() => node.Events("DNSConfigForming").Count == 2);
        var kept = string.Join(' ', Enumerable.Range(10, 32).Select(i => $"{path}.{i}"));
        Assert.Equal(
            ["Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 192.0.2.1 192.0.2.2 192.0.2.3",
             $"Search Line limits were exceeded, some search paths have been omitted, the applied search line is: {kept}"],
            node.Events("DNSConfigForming").Select(e => e.Message).Order(StringComparer.Ordinal));
        Assert.All(node.Events("DNSConfigForming"), e => Assert.Equal(("Warning", "Pod"), (e.Type, e.InvolvedObject.Kind)));
    }

    [Fact]
    public async Task ConfigMap_WithoutAKeyThatItemsName_SaysSo()
    {
        await using var node = New().Start();
        await MapAsync(node, "app", ("a", "1"));
        await node.CreateAsync(PodWith(new V1Volume { ConfigMap = new V1ConfigMapVolumeSource { Name = "app", Items = [new V1KeyToPath { Key = "nokey", Path = "x" }] } }));
        await TestNode.UntilAsync(() => node.Events("FailedMount").Count == 1);
        Assert.Equal("MountVolume.SetUp failed for volume \"v\" : configmap references non-existent config key: nokey", node.Events("FailedMount")[0].Message);
    }

    [Fact]
    public async Task SubPath_MountsOneFile()
    {
        await using var node = New().Start();
        await MapAsync(node, "app", ("server.xml", "<x/>"));
        await node.CreateAsync(PodWith(new V1Volume { ConfigMap = new V1ConfigMapVolumeSource { Name = "app" } }, "server.xml"));
        await node.UntilAsync("p", TestNode.IsReady);
        Assert.Equal("<x/>", await File.ReadAllTextAsync(await MountAsync(node, "c", "/v"), TestContext.Current.CancellationToken));
    }

    public static TheoryData<string> VolumesOfFiles => ["configMap", "secret", "downwardAPI", "projected configMap", "projected secret", "projected downwardAPI", "projected token"];

    /// <summary>A volume of that kind whose one file lies at <c>deep/file</c>; unless told otherwise, by the volume's mode.</summary>
    private static V1Volume OneFile(string kind, int? volumeMode, int? fileMode, bool optional = false)
    {
        V1KeyToPath[] items = [new V1KeyToPath { Key = "k", Path = "deep/file", Mode = fileMode }];
        V1DownwardAPIVolumeFile[] fields = [new V1DownwardAPIVolumeFile { Path = "deep/file", FieldRef = new V1ObjectFieldSelector { FieldPath = "metadata.name" }, Mode = fileMode }];
        V1Volume Projected(V1VolumeProjection source) => new() { Projected = new V1ProjectedVolumeSource { DefaultMode = volumeMode, Sources = [source] } };
        return kind switch
        {
            "configMap" => new V1Volume { ConfigMap = new V1ConfigMapVolumeSource { Name = "o", Items = items, DefaultMode = volumeMode, Optional = optional } },
            "secret" => new V1Volume { Secret = new V1SecretVolumeSource { SecretName = "o", Items = items, DefaultMode = volumeMode, Optional = optional } },
            "downwardAPI" => new V1Volume { DownwardAPI = new V1DownwardAPIVolumeSource { Items = fields, DefaultMode = volumeMode } },
            "projected configMap" => Projected(new V1VolumeProjection { ConfigMap = new V1ConfigMapProjection { Name = "o", Items = items, Optional = optional } }),
            "projected secret" => Projected(new V1VolumeProjection { Secret = new V1SecretProjection { Name = "o", Items = items, Optional = optional } }),
            "projected downwardAPI" => Projected(new V1VolumeProjection { DownwardAPI = new V1DownwardAPIProjection { Items = fields } }),
            _ => Projected(new V1VolumeProjection { ServiceAccountToken = new V1ServiceAccountTokenProjection { Path = "deep/file" } }),
        };
    }

    private static async Task SourcesAsync(TestNode node)
    {
        await MapAsync(node, "o", ("k", "v"), ("other", "x"));
        var secret = Kinds.Secrets.New("default", "o");
        secret.Data = new Dictionary<string, byte[]> { ["k"] = [(byte)'v'], ["other"] = [1] };
        await node.Api.CreateAsync(Kinds.Secrets, secret, TestContext.Current.CancellationToken);
    }

    [Theory]
    [MemberData(nameof(VolumesOfFiles))]
    public async Task Mode_OfEveryKindOfVolume_IsTheFilesElseTheVolumesElse0644(string kind)
    {
        await using var node = New().Start();
        await SourcesAsync(node);
        var pod = TestNode.NewPod("p");
        (string Name, int? Volume, int? File)[] modes = [("none", null, null), ("volume", 0b100_100_000, null), ("file", 0b100_100_000, 0b100_000_000)];
        pod.Spec.Volumes = [.. modes.Select(m =>
        {
            var volume = OneFile(kind, m.Volume, m.File);
            volume.Name = m.Name;
            return volume;
        })];
        pod.Spec.Containers[0].VolumeMounts = [.. modes.Select(m => new V1VolumeMount { Name = m.Name, MountPath = "/" + m.Name })];
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        async Task<int> ModeAsync(string volume) => (int)File.GetUnixFileMode(Path.Combine(await MountAsync(node, "c", "/" + volume), "..data/deep/file"));
        var ofFile = kind == "projected token" ? 0b100_100_000 : 0b100_000_000; // a token has none of its own
        Assert.Equal((0b110_100_100, 0b100_100_000, ofFile), (await ModeAsync("none"), await ModeAsync("volume"), await ModeAsync("file")));
    }

    [Theory]
    [MemberData(nameof(VolumesOfFiles))]
    public async Task SubPath_OfEveryKindOfVolume_IsThatPart(string kind)
    {
        await using var node = New().Start();
        await SourcesAsync(node);
        var pod = PodWith(OneFile(kind, null, null), "deep/file");
        pod.Spec.Containers[0].Env = [new V1EnvVar { Name = "WHERE", Value = "deep" }];
        pod.Spec.Containers[0].VolumeMounts.Add(new V1VolumeMount { Name = "v", MountPath = "/expr", SubPathExpr = "$(WHERE)/file" });
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        foreach (var at in (string[])["/v", "/expr"])
        {
            var path = await MountAsync(node, "c", at);
            Assert.EndsWith($"/volume-subpaths/v/c/{(at == "/v" ? 0 : 1)}", path, StringComparison.Ordinal);
            Assert.EndsWith("/deep/file", new FileInfo(path).LinkTarget, StringComparison.Ordinal); // the volume's own links are followed
            Assert.NotEqual("", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData("configMap", false)]
    [InlineData("secret", false)]
    [InlineData("projected configMap", false)]
    [InlineData("projected secret", false)]
    [InlineData("configMap", true)]
    [InlineData("secret", true)]
    [InlineData("projected configMap", true)]
    [InlineData("projected secret", true)]
    public async Task Optional_OfEveryKindOfVolume_DoesNotWait_ForTheObjectNorForItsKey(string kind, bool objectIsThere)
    {
        await using var node = New().Start();
        if (objectIsThere)
        {
            await MapAsync(node, "o", ("other", "x"));
            var secret = Kinds.Secrets.New("default", "o");
            secret.Data = new Dictionary<string, byte[]> { ["other"] = [1] };
            await node.Api.CreateAsync(Kinds.Secrets, secret, TestContext.Current.CancellationToken);
        }
        await node.CreateAsync(PodWith(OneFile(kind, null, null, optional: true)));
        await node.UntilAsync("p", TestNode.IsReady);
        Assert.DoesNotContain(new DirectoryInfo(await MountAsync(node, "c", "/v")).GetFileSystemInfos(), f => !f.Name.StartsWith("..", StringComparison.Ordinal));
        Assert.Empty(node.Events("FailedMount"));
    }

    [Fact]
    public async Task SubPath_ThatLeadsOutOfTheVolume_IsRefused()
    {
        await using var node = New().Start();
        var outside = Directory.CreateDirectory(Path.Combine(node.Directory, "outside")).FullName;
        var volume = Directory.CreateDirectory(Path.Combine(node.Directory, "host")).FullName;
        File.CreateSymbolicLink(Path.Combine(volume, "evil"), outside);
        await node.CreateAsync(PodWith(new V1Volume { HostPath = new V1HostPathVolumeSource { Path = volume } }, "evil/x"));
        var pod = await node.UntilAsync("p", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "CreateContainerConfigError");
        Assert.Equal("failed to prepare subPath for volumeMount \"v\" of container \"c\"", pod.Status.ContainerStatuses[0].State.Waiting.Message);
        Assert.Empty(Directory.GetFileSystemEntries(outside)); // nothing was made behind the link
    }

    [Fact]
    public async Task Secret_LiesInMemory_AndGoesWithThePod()
    {
        await using var node = New().Start();
        var secret = Kinds.Secrets.New("default", "s");
        secret.Data = new Dictionary<string, byte[]> { ["pw"] = Encoding.UTF8.GetBytes("hush") };
        await node.Api.CreateAsync(Kinds.Secrets, secret, TestContext.Current.CancellationToken);
        await node.CreateAsync(PodWith(new V1Volume { Secret = new V1SecretVolumeSource { SecretName = "s" } }));
        var pod = await node.UntilAsync("p", TestNode.IsReady);
        var path = await MountAsync(node, "c", "/v");
        Assert.Contains(path, node.Mounter.Mounted);
        Assert.Equal("hush", await File.ReadAllTextAsync(Path.Combine(path, "pw"), TestContext.Current.CancellationToken));
        await node.Api.DeleteAsync(Kinds.Pods, "default", "p", null, TestContext.Current.CancellationToken);
        await TestNode.UntilAsync(() => node.Pod("p") is null && !Directory.Exists(Path.Combine(node.Directory, "pods", pod.Metadata.Uid)));
        Assert.Empty(node.Mounter.Mounted);
    }

    [Fact]
    public async Task Projected_HasTokenMapAndNamespace_AndTheTokenIsRenewed()
    {
        await using var node = New().Start();
        await MapAsync(node, "kube-root-ca.crt", ("ca.crt", "CA"));
        var pod = PodWith(new V1Volume
        {
            Projected = new V1ProjectedVolumeSource
            {
                Sources =
                [
                    new V1VolumeProjection { ServiceAccountToken = new V1ServiceAccountTokenProjection { ExpirationSeconds = 3600, Path = "token" } },
                    new V1VolumeProjection { ConfigMap = new V1ConfigMapProjection { Name = "kube-root-ca.crt", Items = [new V1KeyToPath { Key = "ca.crt", Path = "ca.crt" }] } },
                    new V1VolumeProjection { DownwardAPI = new V1DownwardAPIProjection { Items = [new V1DownwardAPIVolumeFile { Path = "namespace", FieldRef = new V1ObjectFieldSelector { FieldPath = "metadata.namespace" } }] } },
                ],
            },
        });
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        var path = await MountAsync(node, "c", "/v");
        Assert.Equal(["ca.crt", "namespace", "token"], Directory.GetFiles(path).Select(f => Path.GetFileName(f)!).Order());
        Assert.Equal("token-1", await File.ReadAllTextAsync(Path.Combine(path, "token"), TestContext.Current.CancellationToken));
        Assert.Equal("default", await File.ReadAllTextAsync(Path.Combine(path, "namespace"), TestContext.Current.CancellationToken));
        await node.AdvanceUntilAsync(() => File.ReadAllText(Path.Combine(path, "token")) == "token-2", TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(5));
    }

    /// <summary>
    /// Who the token's file is for: the one user that all containers are told to run as, the volume's group, else everybody.
    /// </summary>
    [Theory]
    [InlineData(null, null, null, "644", 0, 0)]
    [InlineData(1000, null, null, "600", 1000, 0)]
    [InlineData(1000, 1000, null, "600", 1000, 0)]
    [InlineData(null, null, 2000, "640", 0, 2000)]
    [InlineData(1000, null, 2000, "640", 1000, 2000)]
    [InlineData(1000, 1001, null, "644", 0, 0)]
    [InlineData(null, 1001, null, "644", 0, 0)]
    public async Task Token_IsForTheUserOrGroupOfThePod(int? podUser, int? otherUser, int? group, string mode, int owner, int ownerGroup)
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root");
        await using var node = New().Start();
        var pod = PodWith(OneFile("projected token", null, null));
        pod.Spec.SecurityContext = new V1PodSecurityContext { RunAsUser = podUser, FsGroup = group };
        var other = TestNode.NewPod("x").Spec.Containers[0];
        (other.Name, other.SecurityContext) = ("other", new V1SecurityContext { RunAsUser = otherUser });
        pod.Spec.Containers.Add(other);
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        var file = FileStatus.Of(Path.Combine(await MountAsync(node, "c", "/v"), "..data/deep/file"));
        Assert.Equal((mode, (uint)owner, (uint)ownerGroup), (Convert.ToString(file.Mode, 8), file.User, file.Group));
    }

    /// <summary>What containers have made of it since is theirs: a walk over it would take as long as they like.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("Memory")]
    public async Task FsGroup_IsGivenOnce_AndNotAgainByTheNextAgent(string medium)
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root");
        await using var node = New().Start();
        var map = await MapAsync(node, "app", ("a", "1"));
        var pod = PodWith(new V1Volume { EmptyDir = new V1EmptyDirVolumeSource { Medium = medium } });
        pod.Spec.SecurityContext = new V1PodSecurityContext { FsGroup = 2000, FsGroupChangePolicy = "OnRootMismatch" };
        pod.Spec.Volumes.Add(new V1Volume { Name = "m", ConfigMap = new V1ConfigMapVolumeSource { Name = "app" } });
        pod.Spec.Containers[0].VolumeMounts.Add(new V1VolumeMount { Name = "m", MountPath = "/m" });
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        var (volume, file) = (await MountAsync(node, "c", "/v"), Path.Combine(await MountAsync(node, "c", "/m"), "a"));
        Assert.Equal((2000u, 0b010_111_111_111), (FileStatus.Of(volume).Group, FileStatus.Of(volume).Mode));
        await File.WriteAllTextAsync(Path.Combine(volume, "own"), "", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(Path.Combine(volume, "own"), (UnixFileMode)0b110_000_000);
        File.SetUnixFileMode(volume, (UnixFileMode)0b111_000_000);
        await node.KillAsync();
        node.Start();
        node.Api.Change(Kinds.ConfigMaps, "default", map.Metadata.Name, value => value.Data["a"] = "2");
        await TestNode.UntilAsync(() => File.ReadAllText(file) == "2"); // its volumes were looked at
        Assert.Equal((0b110_000_000, 0b111_000_000), (FileStatus.Of(Path.Combine(volume, "own")).Mode, FileStatus.Of(volume).Mode));
    }

    [Fact]
    public async Task DownwardApi_FollowsTheLabels()
    {
        await using var node = New().Start();
        var pod = PodWith(new V1Volume { DownwardAPI = new V1DownwardAPIVolumeSource { Items = [new V1DownwardAPIVolumeFile { Path = "labels", FieldRef = new V1ObjectFieldSelector { FieldPath = "metadata.labels" } }] } });
        pod.Metadata.Labels = new Dictionary<string, string> { ["b"] = "2", ["a"] = "say \"hi\"" };
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        var file = Path.Combine(await MountAsync(node, "c", "/v"), "labels");
        Assert.Equal("a=\"say \\\"hi\\\"\"\nb=\"2\"", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        var changed = Kinds.Pods.Clone(node.Pod("p")!);
        changed.Metadata.Labels["b"] = "3";
        changed.Metadata.ResourceVersion = null;
        await node.Api.UpdateAsync(Kinds.Pods, changed, null, TestContext.Current.CancellationToken);
        await TestNode.UntilAsync(() => File.ReadAllText(file).EndsWith("b=\"3\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task HostPath_OfTheWrongType_IsNotMounted()
    {
        await using var node = New().Start();
        await node.CreateAsync(PodWith(new V1Volume { HostPath = new V1HostPathVolumeSource { Path = "/etc/hosts", Type = "Directory" } }));
        await TestNode.UntilAsync(() => node.Events("FailedMount").Count == 1);
        Assert.Equal("MountVolume.SetUp failed for volume \"v\" : hostPath type check failed: /etc/hosts is not a directory", node.Events("FailedMount")[0].Message);
    }

    [Fact]
    public async Task EveryContainer_HasTheManagedHostsFile_AndClusterDns()
    {
        await using var node = New().Start();
        var pod = TestNode.NewPod("p");
        (pod.Spec.Hostname, pod.Spec.Subdomain) = ("web-0", "web");
        pod.Spec.HostAliases = [new V1HostAlias { Ip = "10.9.9.9", Hostnames = ["a", "b"] }];
        await node.CreateAsync(pod);
        var shown = await node.UntilAsync("p", TestNode.IsReady);
        var hosts = await File.ReadAllTextAsync(await MountAsync(node, "c", "/etc/hosts"), TestContext.Current.CancellationToken);
        Assert.StartsWith("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n", hosts, StringComparison.Ordinal);
        Assert.EndsWith($"{shown.Status.PodIP}\tweb-0.web.default.svc.cluster.local\tweb-0\n\n# Entries added by HostAliases.\n10.9.9.9\ta\tb\n", hosts, StringComparison.Ordinal);
    }
}
