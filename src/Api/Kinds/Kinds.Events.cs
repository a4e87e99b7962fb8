using k8s.Models;

namespace Coxswain.Api;

public static partial class Kinds
{
    /// <summary>The newer face of <see cref="Events"/>; both show the same stored objects.</summary>
    public static ResourceType<Eventsv1Event> EventsV1 { get; } = new() { Group = "events.k8s.io", Version = "v1", Resource = "events", Kind = "Event", Namespaced = true, ShortNames = ["ev"] };
}
