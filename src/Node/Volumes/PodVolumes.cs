using Coxswain.Api;
using Coxswain.Node.Linux;
using Coxswain.Node.Pods;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary>The volumes that one Pod's containers mount.</summary>
internal sealed class PodVolumes(PodContext pod, Action wake) : IAsyncDisposable
{
    private readonly Dictionary<string, IVolume> _volumes = [];
    private readonly HashSet<string> _ready = [];
    private readonly SubPathMounts _parts = new(pod);
    private readonly RestartBackOff _retry = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(122), pod.Node.Time);
    private readonly Dictionary<string, (string Message, TimeSpan At)> _reported = [];
    private bool _gone;

    /// <summary>Sets up what is not yet, brings up to date what is.</summary>
    /// <returns>Null: all are there. Else how long to wait at most before another try.</returns>
    public async Task<TimeSpan?> SetUpAsync(CancellationToken ct)
    {
        _gone = false;
        var mounted = pod.Pod.AllContainers().SelectMany(c => c.VolumeMounts ?? []).Select(m => m.Name).ToHashSet();
        var waits = await Task.WhenAll((pod.Pod.Spec.Volumes ?? []).Where(v => mounted.Contains(v.Name)).Select(v => SetUpAsync(v, ct)));
        return waits.Max();
    }

    /// <summary>How a container mounts them.</summary>
    /// <param name="lookup">The container's variables.</param>
    public IEnumerable<ContainerMount> MountsOf(V1Container container, Func<string, string?> lookup)
    {
        foreach (var (index, mount) in (container.VolumeMounts ?? []).Index())
        {
            if (!_volumes.TryGetValue(mount.Name, out var volume)) throw new ConfigException($"volume \"{mount.Name}\" is not mounted");
            var part = pod.Node.Options.Materialize ? SubPath.Of(mount, lookup) : null;
            var path = part is null ? volume.Path : _parts.Bind(volume.Path, part, mount, container.Name, index);
            var inside = mount.MountPath.StartsWith('/') ? mount.MountPath : "/" + mount.MountPath;
            yield return new ContainerMount(inside, path, mount.ReadOnlyProperty == true || volume.ReadOnly, Propagation(mount),
                RecursiveReadOnly.Resolve(mount, pod.Node.ReadOnlyAllTheWay));
        }
    }

    public Task TearDownAsync(CancellationToken ct)
    {
        if (_gone) return Task.CompletedTask;
        ct.ThrowIfCancellationRequested();
        Forget();
        if (pod.Node.Options.Materialize)
        {
            var (paths, uid) = (pod.Node.Paths, pod.Uid);
            pod.Node.Mounter.UnmountUnder(paths.Pod(uid));
            foreach (var directory in (string[])[paths.SubPaths(uid), paths.Volumes(uid), paths.VolumeMarks(uid)])
                TreeRemoval.Remove(directory, ct);
        }
        _gone = true;
        return Task.CompletedTask;
    }

    /// <summary>The volumes themselves stay: containers may be using them.</summary>
    public ValueTask DisposeAsync()
    {
        Forget();
        return ValueTask.CompletedTask;
    }

    private async Task<TimeSpan?> SetUpAsync(V1Volume spec, CancellationToken ct)
    {
        try
        {
            await Get(spec).SetUpAsync(ct);
            lock (_ready) _ready.Add(spec.Name);
            return null;
        }
        catch (Exception e) when (e is VolumeException or ConfigException or IOException or UnauthorizedAccessException)
        {
            var wait = Report(spec.Name, e.Message);
            lock (_ready) return _ready.Contains(spec.Name) ? null : wait; // what was mounted once does not hold the Pod up
        }
    }

    private IVolume Get(V1Volume spec)
    {
        lock (_volumes)
        {
            if (_volumes.TryGetValue(spec.Name, out var volume)) return volume;
            return _volumes[spec.Name] = VolumeFactory.Make(pod, spec, wake);
        }
    }

    /// <summary>Says so when it is news or the pause is over; the worker may come by for other reasons in between.</summary>
    private TimeSpan Report(string volume, string message)
    {
        lock (_reported)
        {
            var now = pod.Node.Time.Steady();
            var known = _reported.TryGetValue(volume, out var last) && last.Message == message;
            if (known && _retry.Remaining(volume, last.At) is var left && left > TimeSpan.Zero) return left;
            pod.Event("Warning", "FailedMount", $"MountVolume.SetUp failed for volume \"{volume}\" : {message}");
            if (!known) _retry.Reset(volume);
            _retry.Next(volume, now);
            _reported[volume] = (message, now);
            return _retry.Delay(volume);
        }
    }

    private void Forget()
    {
        foreach (var volume in _volumes.Values) volume.Dispose();
        _volumes.Clear();
        _ready.Clear();
    }

    private static MountPropagation Propagation(V1VolumeMount mount) => mount.MountPropagation switch
    {
        "HostToContainer" => MountPropagation.HostToContainer,
        "Bidirectional" => MountPropagation.Bidirectional,
        _ => MountPropagation.Private,
    };
}
