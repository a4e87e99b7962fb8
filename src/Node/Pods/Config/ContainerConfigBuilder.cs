using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods.Config;

/// <summary>What a container is made from.</summary>
internal static class ContainerConfigBuilder
{
    /// <exception cref="ConfigException">Something that the spec refers to is missing, or it asks for what is not allowed.</exception>
    public static async Task<ContainerConfig> BuildAsync(PodContext context, V1Container container, int restartCount, ImageInfo image, CancellationToken ct)
    {
        var (pod, node) = (context.Pod, context.Node);
        SecurityMapper.VerifyNonRoot(pod, container, image);
        // Thousands of pretended nodes need not each watch all Services.
        var services = node.Options.Materialize ? await context.Objects.ServicesAsync(ct) : [];
        var environment = new EnvironmentBuilder(pod, container, context.Facts, context.Objects, services);
        var variables = await environment.BuildAsync(ct);
        var security = SecurityMapper.Container(pod, container, image, node.Paths.Seccomp);
        return new ContainerConfig
        {
            Name = container.Name,
            Attempt = (uint)restartCount,
            Image = image.Id,
            UserSpecifiedImage = container.Image,
            Command = Expand(container.Command, environment),
            Args = Expand(container.Args, environment),
            WorkingDirectory = container.WorkingDir ?? "",
            Environment = variables,
            Mounts = Mounts(context, container, restartCount, environment),
            Labels = PodLabels.OfContainer(pod, container.Name, node.InstanceLabel),
            Annotations = Annotations(context, container, restartCount, security.RunAsUser),
            LogPath = Path.Combine(container.Name, $"{restartCount}.log"),
            Stdin = container.Stdin == true,
            StdinOnce = container.StdinOnce == true,
            Tty = container.Tty == true,
            StopSignal = container.Lifecycle?.StopSignal ?? "",
            Resources = ResourceMath.Of(pod, container, node.NodeMemory),
            Security = security,
        };
    }

    private static IReadOnlyList<string> Expand(IList<string>? words, EnvironmentBuilder environment) =>
        [.. (words ?? []).Select(word => Expansion.Expand(word, environment.Lookup))];

    private static Dictionary<string, string> Annotations(PodContext context, V1Container container, int restartCount, long? user)
    {
        var annotations = new Dictionary<string, string>
        {
            [PodLabels.Hash] = PodSpecs.HashOf(container),
            [PodLabels.RestartCount] = $"{restartCount}",
            [PodLabels.TerminationMessagePath] = container.TerminationMessagePath ?? "",
            [PodLabels.TerminationMessagePolicy] = container.TerminationMessagePolicy ?? "",
            [PodLabels.TerminationMessageFile] = context.Node.Paths.TerminationMessage(context.Uid, container.Name, restartCount),
            [PodLabels.PodGracePeriod] = $"{context.Pod.Spec.TerminationGracePeriodSeconds ?? 30}",
        };
        if (context.View.ReadySandbox is { } sandbox) annotations[PodLabels.Sandbox] = sandbox.Id;
        if (user is { } uid) annotations[PodLabels.User] = $"{uid}";
        return annotations;
    }

    private static List<ContainerMount> Mounts(PodContext context, V1Container container, int restartCount, EnvironmentBuilder environment)
    {
        var mounts = new List<ContainerMount>(context.Volumes.MountsOf(container, environment.Lookup));
        if (!context.Node.Options.Materialize) return mounts;
        if (mounts.TrueForAll(m => m.ContainerPath != "/etc/hosts")) mounts.Add(new ContainerMount("/etc/hosts", WriteHosts(context)));
        if (container.TerminationMessagePath is { Length: > 0 } path)
        {
            var file = context.Node.Paths.TerminationMessage(context.Uid, container.Name, restartCount);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, []);
            // Whoever the container runs as must be able to write it.
            File.SetUnixFileMode(file, (UnixFileMode)0b110_110_110);
            mounts.Add(new ContainerMount(path, file));
        }
        return mounts;
    }

    private static string WriteHosts(PodContext context)
    {
        var file = context.Node.Paths.Hosts(context.Uid);
        if (File.Exists(file) && context.View.AnyRunning) return file; // shared by all containers; those that run may have added to it
        var (hostname, domain) = HostsFile.HostnameOf(context.Pod, context.Node.Options.ClusterDomain);
        var nodeHosts = context.Pod.HostNetwork() ? File.ReadAllText("/etc/hosts") : null;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, HostsFile.Content(context.Pod, context.PodIps, hostname, domain, nodeHosts));
        File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);
        return file;
    }
}
