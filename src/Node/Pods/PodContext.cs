using System.Collections.Concurrent;
using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Node.Objects;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Pods.Status;
using Coxswain.Node.Probes;
using Coxswain.Node.Volumes;
using k8s.Models;

namespace Coxswain.Node.Pods;

/// <summary>One Pod as its worker and the steps it takes see it. Only the worker's own loop changes it.</summary>
internal sealed class PodContext
{
    private V1PodStatus? _status;
    private int _objectChanges;
    private bool _released;

    /// <param name="wake">Makes the worker look again.</param>
    public PodContext(NodeServices node, V1Pod pod, Action wake)
    {
        (Node, Pod) = (node, pod);
        Objects = new PodObjects(node.Objects, pod.Metadata.NamespaceProperty, () =>
        {
            Interlocked.Increment(ref _objectChanges);
            wake();
        });
        Volumes = new PodVolumes(this, wake);
        Probes = new PodProbes(this, wake);
        StatusWriter = new PodStatusWriter(node, pod);
        MissingPullSecrets = new MissingPullSecrets(this);
        Moments = new SteadyMoments<string>(node.Time);
        Restarts = new RestartBackOff(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), node.Time);
        Pulls = new RestartBackOff(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), node.Time);
    }

    public NodeServices Node { get; }
    public V1Pod Pod { get; set; }
    public PodView View { get; set; } = PodView.Empty;
    public PodObjects Objects { get; }
    public PodVolumes Volumes { get; }
    public PodProbes Probes { get; }
    public PodStatusWriter StatusWriter { get; }
    public MissingPullSecrets MissingPullSecrets { get; }
    /// <summary>When the Pod and its containers started and ended, by the steady clock.</summary>
    public SteadyMoments<string> Moments { get; }
    public RestartBackOff Restarts { get; }
    public RestartBackOff Pulls { get; }
    /// <summary>The last failed pull of each container and image.</summary>
    public Dictionary<string, (TimeSpan At, string Message)> PullFailures { get; } = [];

    /// <summary>Counts the changes of objects that the Pod refers to.</summary>
    public int ObjectChanges => Volatile.Read(ref _objectChanges);
    /// <summary>Containers that could not be started, and until when that is not tried again.</summary>
    public Dictionary<string, HeldStart> HeldStarts { get; } = [];

    /// <summary>Why a container does not run although it should, by its name.</summary>
    public ConcurrentDictionary<string, WaitingReason> Waiting { get; } = new();
    /// <summary>Set once: the Pod has failed as a whole (deadline, admission) whatever its containers say.</summary>
    public PodFailure? Failure { get; set; }
    /// <summary>On its way out: nothing is started any more.</summary>
    public bool Terminating { get; set; }
    /// <summary>With <see cref="Terminating"/>: the API has no object any more (or never had one of its own: static Pods).</summary>
    public bool ObjectGone { get; set; }
    /// <summary>Admitted, or here before this agent was.</summary>
    public bool Admitted { get; set; }
    /// <summary>Its object is gone: whatever still ends of it, others may take its place.</summary>
    public bool Released { get => Volatile.Read(ref _released); set => Volatile.Write(ref _released, value); }
    /// <summary>Whether its ports and resources are taken for Pods that come now. By what is known here: those who learn from the API that it has ended may be quicker than its way back to this agent.</summary>
    public bool TakesRoom => Admitted && !Released && Status?.Phase is not ("Succeeded" or "Failed");
    /// <summary>Containers whose end was announced: not twice.</summary>
    public HashSet<string> Announced { get; } = [];
    /// <summary>The last words of ended containers, by id: read once.</summary>
    public ConcurrentDictionary<string, string?> LastWords { get; } = new();

    public string Uid => Pod.Metadata.Uid;
    public IReadOnlyList<string> PodIps => Pod.HostNetwork() ? Node.Options.NodeAddresses : View.ReadySandbox?.Ips ?? [];
    public PodFacts Facts => new(PodIps, Node.Options.NodeAddresses, Node.Allocatable);
    /// <summary>Told after each look at the Pod; only wake someone there.</summary>
    public event Action? Changed;

    /// <summary>The last status computed; null before the first.</summary>
    public V1PodStatus? Status => _status ?? Pod.Status;

    /// <summary>Computes the status from what is known now and has it written, if it changed. Does not wait for the write.</summary>
    public V1PodStatus Publish()
    {
        _status = PodStatusBuilder.Build(this);
        StatusWriter.Set(_status);
        Changed?.Invoke();
        return _status;
    }

    public void Event(string type, string reason, string message, string? container = null)
    {
        var about = ObjectReferences.To(Kinds.Pods, Pod, container is null ? null : Pod.FieldPath(container));
        Node.Events.Record(about, type, reason, message);
    }
}

/// <summary>The worker is woken by much that cannot help a container that did not start, its own status writes among it: what it waits for is the time, or one of these.</summary>
/// <param name="Until">By the steady clock.</param>
/// <param name="Objects"><see cref="PodContext.ObjectChanges"/> when it was tried.</param>
/// <param name="Generation">Of the spec that it was tried with.</param>
internal sealed record HeldStart(TimeSpan Until, int Objects, long? Generation);

/// <param name="Reason">As <c>state.waiting.reason</c> shows it.</param>
internal sealed record WaitingReason(string Reason, string Message);

/// <param name="Reason">As <c>status.reason</c> shows it: <c>DeadlineExceeded</c>, <c>OutOfcpu</c> ...</param>
internal sealed record PodFailure(string Reason, string Message);
