using System.Globalization;
using System.Text;
using Coxswain.Node.Images;

namespace Coxswain.Node.Containerd;

/// <summary>Writes containerd's <c>config.toml</c>: its CRI part and what that needs, nothing else.</summary>
internal static class ContainerdConfig
{
    private const int CapSysResource = 24;

    /// <summary>
    /// containerd always listens for exec and attach streams over TCP, which nothing here uses and which any local user could dial. It cannot be turned off; but TCP can be
    /// bound to the broadcast address and never connected to: the kernel answers "Network is unreachable" to everyone, and drops what comes from outside.
    /// </summary>
    private const string UnreachableAddress = "255.255.255.255";

    /// <summary>Never used here; each costs time at start, and some try to load kernel modules.</summary>
    private static readonly string[] Disabled =
    [
        "snapshotter.v1.aufs", "snapshotter.v1.btrfs", "snapshotter.v1.devmapper", "snapshotter.v1.zfs", "internal.v1.opt", "internal.v1.restart",
        "internal.v1.tracing", "tracing.processor.v1.otlp", "monitor.v1.cgroups", "grpc.v1.healthcheck", "grpc.v1.diff", "grpc.v1.snapshots",
    ];

    private const string FirstLine = "# Written by cox at each start.\n";

    /// <summary>What was written before; null when there is nothing of ours.</summary>
    public static string? Read(string file) => File.Exists(file) && File.ReadAllText(file) is var text && text.StartsWith(FirstLine, StringComparison.Ordinal) ? text : null;

    public static string Text(ContainerdOptions options, ContainerdPaths paths, bool overlay)
    {
        var snapshotter = overlay ? "overlayfs" : "native";
        var disabled = Disabled.Append(overlay ? "snapshotter.v1.native" : "snapshotter.v1.overlayfs").Select(p => Quote("io.containerd." + p));
        return FirstLine + $$"""
            version = 2
            root = {{Quote(paths.Root)}}
            state = {{Quote(paths.State)}}
            disabled_plugins = [{{string.Join(", ", disabled)}}]

            [grpc]
              address = {{Quote(paths.Socket)}}

            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = {{Quote(PauseImage.Name)}}
              restrict_oom_score_adj = {{(HasCapability(CapSysResource) ? "false" : "true")}}
              netns_mounts_under_state_dir = true
              stream_server_address = {{Quote(UnreachableAddress)}}
              enable_unprivileged_ports = true
              enable_unprivileged_icmp = true

              [plugins."io.containerd.grpc.v1.cri".cni]
                bin_dir = {{Quote(options.CniPluginDirectory)}}
                conf_dir = {{Quote(options.CniConfigDirectory)}}

              [plugins."io.containerd.grpc.v1.cri".registry]
                config_path = {{Quote(options.RegistriesDirectory)}}

              [plugins."io.containerd.grpc.v1.cri".containerd]
                snapshotter = {{Quote(snapshotter)}}
                default_runtime_name = "runc"

                [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
                  runtime_type = "io.containerd.runc.v2"

                  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                    Root = {{Quote(Path.Combine(paths.State, "runc"))}}

            """;
    }

    private static bool HasCapability(int bit)
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        return (ulong.Parse(line.AsSpan("CapEff:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> bit & 1) == 1;
    }

    private static string Quote(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value) text.Append(c is '"' or '\\' ? "\\" : "").Append(c);
        return text.Append('"').ToString();
    }
}
