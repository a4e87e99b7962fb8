using k8s.Models;

namespace Coxswain.ApiServer.Resources;

/// <summary><c>metadata.generation</c> counts the changes of what was asked for, so that a controller can say which state it acted on.</summary>
internal static class Generations
{
    public static void Start(V1ObjectMeta metadata) => metadata.Generation = 1;

    public static void Next(V1ObjectMeta metadata, V1ObjectMeta old, bool changed)
    {
        var next = (old.Generation ?? 0) + (changed ? 1 : 0);
        metadata.Generation = next == 0 ? null : next;
    }
}
