using k8s.Models;

namespace Coxswain.Node.Probes;

/// <summary>A port by number or by the name a container gives it.</summary>
internal static class Ports
{
    /// <returns>Null when there is no such port.</returns>
    public static int? Resolve(string? port, V1Container container)
    {
        if (int.TryParse(port, out var number)) return number is > 0 and < 65536 ? number : null;
        return container.Ports?.FirstOrDefault(p => p.Name == port)?.ContainerPort;
    }
}
