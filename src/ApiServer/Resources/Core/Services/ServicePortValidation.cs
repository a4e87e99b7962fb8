using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Services;

/// <summary>The ports of a Service, one by one and beside each other.</summary>
internal static class ServicePortValidation
{
    public static void Each(IList<V1ServicePort> ports, FieldPath path, FieldErrors errors)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < ports.Count; i++) Port(ports[i], ports.Count > 1, names, path.Index(i), errors);
    }

    private static void Port(V1ServicePort port, bool needsName, HashSet<string> names, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(port.Name))
        {
            if (needsName) errors.Required(path.Child("name"));
        }
        else
        {
            Rules.Label(port.Name, path.Child("name"), errors);
            if (!names.Add(port.Name)) errors.Duplicate(path.Child("name"), port.Name);
        }
        errors.InvalidAll(path.Child("port"), port.Port, ValueRules.PortNumber(port.Port));
        Rules.Protocol(port.Protocol, path.Child("protocol"), errors);
        NumberOrName(port.TargetPort, path.Child("targetPort"), errors);
        if (port.AppProtocol is { } application) Rules.QualifiedName(application, path.Child("appProtocol"), errors);
    }

    private static void NumberOrName(IntOrString target, FieldPath path, FieldErrors errors)
    {
        if (target.TryGetInt(out var number)) errors.InvalidAll(path, number, ValueRules.PortNumber(number));
        else errors.InvalidAll(path, target.Value ?? "", ValueRules.PortName(target.Value ?? ""));
    }

    public static void Together(V1ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        var ports = spec.Ports ?? [];
        for (var i = 0; spec.Type == "ClusterIP" && i < ports.Count; i++)
            if (ports[i].NodePort is not (null or 0)) errors.Forbidden(path.Index(i).Child("nodePort"), "may not be used when `type` is 'ClusterIP'");
        var nodePorts = new HashSet<(string?, int)>();
        for (var i = 0; i < ports.Count; i++)
            if (ports[i].NodePort is { } number and not 0 && !nodePorts.Add((ports[i].Protocol, number))) errors.Duplicate(path.Index(i).Child("nodePort"), number);
        var own = new HashSet<(string?, int)>();
        for (var i = 0; i < ports.Count; i++)
            if (!own.Add((ports[i].Protocol, ports[i].Port))) errors.Duplicate(path.Index(i), Shown(ports[i]));
    }

    /// <summary>Only what makes two ports the same is shown.</summary>
    private static GoJson Shown(V1ServicePort port) => GoJson.Fields(
        ("Name", GoJson.Text("")), ("Protocol", GoJson.Text(port.Protocol ?? "")), ("AppProtocol", GoJson.Null), ("Port", GoJson.Number(port.Port)),
        ("TargetPort", GoJson.Number(0)), ("NodePort", GoJson.Number(0)));
}
