using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

internal static class PortValidation
{
    public static void Container(IList<V1ContainerPort>? ports, FieldPath path, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (ports?.Count ?? 0); i++)
        {
            var (port, at) = (ports![i], path.Index(i));
            if (!string.IsNullOrEmpty(port.Name)) Name(port.Name, names, at.Child("name"), errors);
            if (port.ContainerPort == 0) errors.Required(at.Child("containerPort"));
            else errors.InvalidAll(at.Child("containerPort"), port.ContainerPort, ValueRules.PortNumber(port.ContainerPort));
            if (port.HostPort is { } host and not 0) errors.InvalidAll(at.Child("hostPort"), host, ValueRules.PortNumber(host));
            PodSpecValidation.OneOf(port.Protocol, at.Child("protocol"), errors, "SCTP", "TCP", "UDP");
        }
    }

    /// <summary>The port of a probe or hook: a number, or the name of a container's port.</summary>
    public static void NumberOrName(IntOrString? port, FieldPath path, FieldErrors errors)
    {
        if (port is null) errors.InvalidAll(path, 0, ValueRules.PortNumber(0));
        else if (port.TryGetInt(out var number)) errors.InvalidAll(path, number, ValueRules.PortNumber(number));
        else errors.InvalidAll(path, port.Value ?? "", ValueRules.PortName(port.Value ?? ""));
    }

    private static void Name(string name, HashSet<string> names, FieldPath path, FieldErrors errors)
    {
        var faults = ValueRules.PortName(name);
        if (faults.Count > 0) errors.InvalidAll(path, name, faults);
        else if (!names.Add(name)) errors.Duplicate(path, name);
    }
}
