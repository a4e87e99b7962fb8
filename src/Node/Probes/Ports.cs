using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Node.Probes;

/// <summary>A port by number or by the name a container gives it.</summary>
internal static class Ports
{
    /// <param name="problem">Why there is no such port.</param>
    /// <returns>Null when there is none.</returns>
    public static int? Resolve(string? port, V1Container container, out string problem)
    {
        problem = "";
        if (container.Ports?.FirstOrDefault(p => p.Name == port) is { } named) return named.ContainerPort;
        // Upstream's last resort for a name that no container port has is that it may be a number.
        if (!int.TryParse(port, out var number)) problem = $"strconv.Atoi: parsing {GoText.Quote(port ?? "")}: invalid syntax";
        else if (number is <= 0 or > 65535) problem = $"invalid port number: {number}";
        return problem.Length == 0 ? number : null;
    }
}
