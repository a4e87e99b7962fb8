using Coxswain.Client;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Pods;

/// <summary>
/// What the runtime has told of a Pod's containers and sandboxes and does not show yet: it speaks before it has written down, and with a slow disk long before. Whoever looked
/// too early hears nothing more, so these are looked at again for about a minute. Belongs to the worker's own loop.
/// </summary>
internal sealed class UnseenEvents
{
    private const int MaxLooks = 10;
    private readonly Dictionary<string, RuntimeEventType> _told = []; // by id
    private readonly Backoff _pause = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));
    private int _looks;

    public IReadOnlyCollection<string> Ids => _told.Keys;

    public void Add(string id, RuntimeEventType told)
    {
        // The end of a container whose reason is awaited says nothing new.
        if (!(_told.TryGetValue(id, out var known) && known == RuntimeEventType.OutOfMemory)) _told[id] = told;
        _looks = 0;
        _pause.Reset();
    }

    /// <summary>Lets go of what the view shows by now.</summary>
    public void Settle(PodView view)
    {
        foreach (var (id, told) in _told.ToList()) if (Shows(view, id, told)) _told.Remove(id);
    }

    /// <returns>When to look again; null when all is seen, or it was waited for long enough.</returns>
    public TimeSpan? Next()
    {
        if (_told.Count > 0 && ++_looks > MaxLooks) _told.Clear();
        return _told.Count > 0 ? _pause.Next() : null;
    }

    private static bool Shows(PodView view, string id, RuntimeEventType told)
    {
        var container = view.Containers.FirstOrDefault(c => c.Id == id);
        var sandbox = view.Sandboxes.FirstOrDefault(s => s.Id == id);
        return told switch
        {
            RuntimeEventType.Stopped => container is not { State: ContainerState.Running or ContainerState.Unknown } && sandbox is not { State: SandboxState.Ready },
            RuntimeEventType.Deleted => container is null && sandbox is null,
            RuntimeEventType.OutOfMemory => container is not { State: ContainerState.Exited } || container.Reason == ContainerStatus.OutOfMemory,
            _ => true,
        };
    }
}
