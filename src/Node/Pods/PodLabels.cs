using System.Security.Cryptography;
using System.Text;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods;

/// <summary>
/// The labels and annotations by which sandboxes and containers are found again. They are the kubelet's own, so that crictl and others read them too.
/// </summary>
internal static class PodLabels
{
    public const string PodName = "io.kubernetes.pod.name";
    public const string PodNamespace = "io.kubernetes.pod.namespace";
    public const string PodUid = "io.kubernetes.pod.uid";
    public const string ContainerName = "io.kubernetes.container.name";

    public const string Hash = "io.kubernetes.container.hash";
    public const string RestartCount = "io.kubernetes.container.restartCount";
    public const string TerminationMessagePath = "io.kubernetes.container.terminationMessagePath";
    public const string TerminationMessagePolicy = "io.kubernetes.container.terminationMessagePolicy";
    public const string PodGracePeriod = "io.kubernetes.pod.terminationGracePeriod";
    /// <summary>Where the container's termination message lies on the node.</summary>
    public const string TerminationMessageFile = "coxswain.io/termination-message-file";

    /// <summary>Whom the container runs as, by number; not there when only the image's files know.</summary>
    public const string User = "coxswain.io/user";

    /// <summary>The sandbox that the container was made in, by its id.</summary>
    public const string Sandbox = "coxswain.io/sandbox";

    /// <summary>The agent that made it: see <see cref="NodeServices.InstanceLabel"/>.</summary>
    public const string Node = "coxswain.io/node";

    public const string ConfigHash = "kubernetes.io/config.hash";
    public const string ConfigMirror = "kubernetes.io/config.mirror";
    public const string ConfigSource = "kubernetes.io/config.source";
    public const string ConfigSeen = "kubernetes.io/config.seen";

    public static IReadOnlyDictionary<string, string> OfPod(V1Pod pod, string node)
    {
        var labels = pod.Metadata.Labels is { } own ? new Dictionary<string, string>(own) : [];
        labels[PodName] = pod.Metadata.Name;
        labels[PodNamespace] = pod.Metadata.NamespaceProperty;
        labels[PodUid] = pod.Metadata.Uid;
        labels[Node] = node;
        return labels;
    }

    public static IReadOnlyDictionary<string, string> OfContainer(V1Pod pod, string container, string node) => new Dictionary<string, string>
    {
        [PodName] = pod.Metadata.Name,
        [PodNamespace] = pod.Metadata.NamespaceProperty,
        [PodUid] = pod.Metadata.Uid,
        [ContainerName] = container,
        [Node] = node,
    };

    /// <summary>The value of <see cref="Node"/>: the node's name, and where its agent keeps its things.</summary>
    public static string Instance(string nodeName, string dataDirectory) => nodeName + Home(dataDirectory);

    /// <summary>Whether an agent with that data directory, whatever its node's name, made what carries these labels.</summary>
    public static bool AreOf(IReadOnlyDictionary<string, string> labels, string dataDirectory) =>
        labels.TryGetValue(Node, out var instance) && instance.EndsWith(Home(dataDirectory), StringComparison.Ordinal);

    private static string Home(string dataDirectory) => $".{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataDirectory)))[..8]}";

    /// <summary>Whether the container was made in that sandbox and not in an earlier one.</summary>
    public static bool IsIn(this ContainerStatus container, SandboxStatus sandbox) => container.Annotations.TryGetValue(Sandbox, out var id)
        ? id == sandbox.Id
        : container.CreatedAt >= sandbox.Summary.CreatedAt; // made by an earlier version; a clock that was set back in between misleads

    /// <summary>How many times the container was restarted before this one was made.</summary>
    public static int RestartCountOf(this ContainerStatus container) =>
        container.Annotations.TryGetValue(RestartCount, out var text) && int.TryParse(text, out var count) ? count : (int)container.Attempt;
}
