using System.Text;
using k8s.Models;

namespace Coxswain.Node.Pods.Config;

/// <summary>
/// A container's variables: envFrom in order, then env (later wins over earlier), each value expanded with those before it; Services fill in what is not named.
/// </summary>
/// <param name="services">Of all namespaces.</param>
internal sealed class EnvironmentBuilder(V1Pod pod, V1Container container, PodFacts facts, IPodObjects objects, IEnumerable<V1Service> services)
{
    private readonly OrderedDictionary<string, string> _values = [];
    private Dictionary<string, string> _services = [];

    /// <exception cref="ConfigException">Something referred to is missing.</exception>
    public async Task<IReadOnlyList<KeyValuePair<string, string>>> BuildAsync(CancellationToken ct)
    {
        _services = [];
        foreach (var (name, value) in ServiceEnvironment.Of(pod, services)) _services[name] = value;
        foreach (var source in container.EnvFrom ?? []) await AddAllAsync(source, ct);
        foreach (var variable in container.Env ?? [])
        {
            if (await ValueAsync(variable, ct) is { } value) _values[variable.Name] = value;
        }
        return [.. _values, .. _services.Where(s => !_values.ContainsKey(s.Key))];
    }

    /// <summary>The value of a variable built so far, for command and args.</summary>
    public string? Lookup(string name) => _values.TryGetValue(name, out var value) || _services.TryGetValue(name, out value) ? value : null;

    private async Task AddAllAsync(V1EnvFromSource source, CancellationToken ct)
    {
        if (source.ConfigMapRef is { } map)
        {
            if (await objects.ConfigMapAsync(map.Name, ct) is { } found)
                foreach (var (key, value) in found.Data ?? new Dictionary<string, string>()) _values[source.Prefix + key] = value;
            else if (map.Optional != true) throw new ConfigException($"configmap \"{map.Name}\" not found");
        }
        else if (source.SecretRef is { } secret)
        {
            if (await objects.SecretAsync(secret.Name, ct) is { } found)
                foreach (var (key, value) in found.Data ?? new Dictionary<string, byte[]>()) _values[source.Prefix + key] = Encoding.UTF8.GetString(value);
            else if (secret.Optional != true) throw new ConfigException($"secret \"{secret.Name}\" not found");
        }
    }

    /// <returns>Null: optional and missing, so the variable is not set at all.</returns>
    private async Task<string?> ValueAsync(V1EnvVar variable, CancellationToken ct)
    {
        if (variable.ValueFrom is not { } from) return Expansion.Expand(variable.Value ?? "", Lookup);
        if (from.FieldRef is { } field) return FieldRefs.Value(pod, field.FieldPath, facts);
        if (from.ResourceFieldRef is { } resource) return FieldRefs.Value(pod, resource, container.Name, facts);
        if (from.ConfigMapKeyRef is { } map)
        {
            var found = await objects.ConfigMapAsync(map.Name, ct);
            if (found?.Data is { } data && data.TryGetValue(map.Key, out var value)) return value;
            if (map.Optional == true) return null;
            throw new ConfigException(found is null ? $"configmap \"{map.Name}\" not found" : $"couldn't find key {map.Key} in ConfigMap {pod.Metadata.NamespaceProperty}/{map.Name}");
        }
        if (from.SecretKeyRef is { } secret)
        {
            var found = await objects.SecretAsync(secret.Name, ct);
            if (found?.Data is { } data && data.TryGetValue(secret.Key, out var value)) return Encoding.UTF8.GetString(value);
            if (secret.Optional == true) return null;
            throw new ConfigException(found is null ? $"secret \"{secret.Name}\" not found" : $"couldn't find key {secret.Key} in Secret {pod.Metadata.NamespaceProperty}/{secret.Name}");
        }
        return "";
    }
}
