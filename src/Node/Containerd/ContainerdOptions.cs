namespace Coxswain.Node.Containerd;

/// <summary>How <c>cox</c> runs its own containerd.</summary>
public sealed record ContainerdOptions
{
    /// <summary>All of it lies here, but for sockets whose path would be too long: usually <c>&lt;data-dir&gt;/containerd</c>.</summary>
    public required string Directory { get; init; }
    public string Program { get; init; } = "containerd";
    /// <summary>Of the network configuration, see <see cref="Cni.BridgeNetwork"/>; may be written later.</summary>
    public required string CniConfigDirectory { get; init; }
    public string CniPluginDirectory { get; init; } = "/usr/lib/cni";
    /// <summary>How long a question may go unanswered. After three in a row it is taken to hang, killed, and started again.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>One directory a registry with a <c>hosts.toml</c>: mirrors, certificates.</summary>
    public string RegistriesDirectory => Path.Combine(Directory, "registries");
}
