using Coxswain.Node.Cri.V1;
using Coxswain.Node.Runtime;
using Google.Protobuf;

namespace Coxswain.Node.Cri;

/// <summary>Our records as CRI's messages.</summary>
internal static class CriRequests
{
    public static PodSandboxConfig Sandbox(SandboxConfig c)
    {
        var config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata { Name = c.Metadata.Name, Namespace = c.Metadata.Namespace, Uid = c.Metadata.Uid, Attempt = c.Metadata.Attempt },
            Hostname = c.Hostname,
            LogDirectory = c.LogDirectory,
            PortMappings = { c.PortMappings.Select(Port) },
            Linux = new LinuxPodSandboxConfig
            {
                CgroupParent = c.CgroupParent,
                SecurityContext = Security(c),
                Resources = c.Resources is { } resources ? Resources(resources) : null,
                Overhead = c.Overhead is { } overhead ? Resources(overhead) : null,
            },
        };
        if (c.Dns is { } dns) config.DnsConfig = new DNSConfig { Servers = { dns.Servers }, Searches = { dns.Searches }, Options = { dns.Options } };
        config.Labels.Add(c.Labels);
        config.Annotations.Add(c.Annotations);
        config.Linux.Sysctls.Add(c.Sysctls);
        return config;
    }

    public static V1.ContainerConfig Container(Runtime.ContainerConfig c)
    {
        var config = new V1.ContainerConfig
        {
            Metadata = new ContainerMetadata { Name = c.Name, Attempt = c.Attempt },
            Image = new ImageSpec { Image = c.Image, UserSpecifiedImage = c.UserSpecifiedImage },
            Command = { c.Command },
            Args = { c.Args },
            WorkingDir = c.WorkingDirectory,
            Envs = { c.Environment.Select(e => new KeyValue { Key = e.Key, Value = ByteString.CopyFromUtf8(e.Value) }) },
            Mounts = { c.Mounts.Select(Mount) },
            Devices = { c.Devices.Select(d => new Device { ContainerPath = d.ContainerPath, HostPath = d.HostPath, Permissions = d.Permissions }) },
            LogPath = c.LogPath,
            Stdin = c.Stdin,
            StdinOnce = c.StdinOnce,
            Tty = c.Tty,
            Linux = new LinuxContainerConfig { Resources = Resources(c.Resources), SecurityContext = Security(c.Security) },
            StopSignal = Enum.TryParse<Signal>(c.StopSignal, ignoreCase: true, out var signal) ? signal : Signal.RuntimeDefault,
        };
        config.Labels.Add(c.Labels);
        config.Annotations.Add(c.Annotations);
        return config;
    }

    public static LinuxContainerResources Resources(LinuxResources r)
    {
        var resources = new LinuxContainerResources
        {
            CpuPeriod = r.CpuPeriod, CpuQuota = r.CpuQuota, CpuShares = r.CpuShares, MemoryLimitInBytes = r.MemoryLimit, OomScoreAdj = r.OomScoreAdj,
            CpusetCpus = r.CpusetCpus, CpusetMems = r.CpusetMems, MemorySwapLimitInBytes = r.MemorySwapLimit,
        };
        resources.Unified.Add(r.Unified);
        return resources;
    }

    public static PodSandboxFilter? Filter(SandboxFilter? f)
    {
        if (f is null) return null;
        var filter = new PodSandboxFilter { Id = f.Id ?? "" };
        if (f.State is { } state) filter.State = new PodSandboxStateValue { State = state == SandboxState.Ready ? PodSandboxState.SandboxReady : PodSandboxState.SandboxNotready };
        filter.LabelSelector.Add(f.Labels);
        return filter;
    }

    public static V1.ContainerFilter? Filter(Runtime.ContainerFilter? f)
    {
        if (f is null) return null;
        var filter = new V1.ContainerFilter { Id = f.Id ?? "", PodSandboxId = f.SandboxId ?? "" };
        if (f.State is { } state) filter.State = new ContainerStateValue { State = (V1.ContainerState)state };
        filter.LabelSelector.Add(f.Labels);
        return filter;
    }

    private static V1.PortMapping Port(Runtime.PortMapping p) =>
        new() { Protocol = (V1.Protocol)p.Protocol, ContainerPort = p.ContainerPort, HostPort = p.HostPort, HostIp = p.HostIp };

    private static Mount Mount(ContainerMount m) => new()
    {
        ContainerPath = m.ContainerPath, HostPath = m.HostPath, Readonly = m.ReadOnly, RecursiveReadOnly = m.RecursiveReadOnly,
        SelinuxRelabel = m.SelinuxRelabel, Propagation = (V1.MountPropagation)m.Propagation,
    };

    private static LinuxSandboxSecurityContext Security(SandboxConfig c) => new()
    {
        NamespaceOptions = Options(c.Namespaces),
        RunAsUser = Number(c.Security.RunAsUser),
        RunAsGroup = Number(c.Security.RunAsGroup),
        SupplementalGroups = { c.Security.SupplementalGroups },
        ReadonlyRootfs = c.Security.ReadOnlyRootFilesystem,
        Privileged = c.Security.Privileged,
        Seccomp = Profile(c.Security.Seccomp),
        Apparmor = Profile(c.Security.AppArmor),
        SelinuxOptions = Label(c.Security.Selinux),
    };

    private static LinuxContainerSecurityContext Security(ContainerSecurity s) => new()
    {
        Capabilities = new Capability { AddCapabilities = { s.AddCapabilities }, DropCapabilities = { s.DropCapabilities } },
        Privileged = s.Privileged,
        NamespaceOptions = Options(s.Namespaces),
        RunAsUser = Number(s.RunAsUser),
        RunAsGroup = Number(s.RunAsGroup),
        RunAsUsername = s.RunAsUserName,
        ReadonlyRootfs = s.ReadOnlyRootFilesystem,
        SupplementalGroups = { s.SupplementalGroups },
        NoNewPrivs = s.NoNewPrivileges,
        MaskedPaths = { s.MaskedPaths },
        ReadonlyPaths = { s.ReadOnlyPaths },
        Seccomp = Profile(s.Seccomp),
        Apparmor = Profile(s.AppArmor),
        ApparmorProfile = OldName(s.AppArmor),
        SelinuxOptions = Label(s.Selinux),
    };

    private static NamespaceOption Options(Namespaces n) =>
        new() { Network = (V1.NamespaceMode)n.Network, Pid = (V1.NamespaceMode)n.Pid, Ipc = (V1.NamespaceMode)n.Ipc, TargetId = n.TargetId };

    private static V1.SecurityProfile? Profile(Runtime.SecurityProfile? p) =>
        p is null ? null : new V1.SecurityProfile { ProfileType = (ProfileType)p.Type, LocalhostRef = p.LocalhostRef };

    /// <summary>As runtimes knew AppArmor's profiles before there was a message for them.</summary>
    private static string OldName(Runtime.SecurityProfile? p) => p?.Type switch
    {
        null => "",
        SecurityProfileType.RuntimeDefault => "runtime/default",
        SecurityProfileType.Unconfined => "unconfined",
        _ => "localhost/" + p.LocalhostRef,
    };

    private static SELinuxOption? Label(SelinuxLabel? l) => l is null ? null : new SELinuxOption { User = l.User, Role = l.Role, Type = l.Type, Level = l.Level };

    private static Int64Value? Number(long? value) => value is { } v ? new Int64Value { Value = v } : null;
}
