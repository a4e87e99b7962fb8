using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>A container's environment: each variable is a value or comes from one source.</summary>
internal static class EnvironmentValidation
{
    private static readonly string[] Fields =
        ["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"];

    public static void Variables(IList<V1EnvVar>? variables, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < (variables?.Count ?? 0); i++)
        {
            var (variable, at) = (variables![i], path.Index(i));
            if (string.IsNullOrEmpty(variable.Name)) errors.Required(at.Child("name"));
            else errors.InvalidAll(at.Child("name"), variable.Name, ValueRules.EnvironmentName(variable.Name));
            if (variable.ValueFrom is { } source) Source(source, variable.Value, at.Child("valueFrom"), errors);
        }
    }

    public static void Sources(IList<V1EnvFromSource>? sources, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < (sources?.Count ?? 0); i++)
        {
            var (source, at) = (sources![i], path.Index(i));
            if (!string.IsNullOrEmpty(source.Prefix)) errors.InvalidAll(at.Child("prefix"), source.Prefix, ValueRules.EnvironmentName(source.Prefix));
            if (source.ConfigMapRef is { } map) Reference(map.Name, at.Child("configMapRef", "name"), errors);
            if (source.SecretRef is { } secret) Reference(secret.Name, at.Child("secretRef", "name"), errors);
            if (source.ConfigMapRef is null && source.SecretRef is null) errors.Invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
            else if (source.ConfigMapRef is not null && source.SecretRef is not null) errors.Invalid(path, "", "may not have more than one field specified at a time");
        }
    }

    private static void Source(V1EnvVarSource source, string? value, FieldPath path, FieldErrors errors)
    {
        if (source.FieldRef is { } field) DownwardValidation.Field(field, Fields, path.Child("fieldRef"), errors);
        if (source.ResourceFieldRef is { } resource) DownwardValidation.Resource(resource, inVolume: false, path.Child("resourceFieldRef"), errors);
        if (source.ConfigMapKeyRef is { } map) Key(map.Name, map.Key, path.Child("configMapKeyRef"), errors);
        if (source.SecretKeyRef is { } secret) Key(secret.Name, secret.Key, path.Child("secretKeyRef"), errors);
        if (source.FileKeyRef is { } file) File(file, path.Child("fileKeyRef"), errors);
        object?[] all = [source.FieldRef, source.ResourceFieldRef, source.ConfigMapKeyRef, source.SecretKeyRef, source.FileKeyRef];
        var count = all.Count(s => s is not null);
        if (count == 0) errors.Invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
        else if (!string.IsNullOrEmpty(value)) errors.Invalid(path, "", "may not be specified when `value` is not empty");
        else if (count > 1) errors.Invalid(path, "", "may not have more than one field specified at a time");
    }

    private static void Reference(string? name, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(name)) errors.Required(path);
        else errors.InvalidAll(path, name, NameRules.Dns1123Subdomain(name));
    }

    private static void Key(string? name, string? key, FieldPath path, FieldErrors errors)
    {
        errors.InvalidAll(path.Child("name"), name ?? "", NameRules.Dns1123Subdomain(name ?? ""));
        if (string.IsNullOrEmpty(key)) errors.Required(path.Child("key"));
        else errors.InvalidAll(path.Child("key"), key, ValueRules.ConfigKey(key));
    }

    private static void File(V1FileKeySelector file, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(file.Key)) errors.Required(path.Child("key"));
        else errors.InvalidAll(path.Child("key"), file.Key, ValueRules.EnvironmentName(file.Key));
        if (string.IsNullOrEmpty(file.VolumeName)) errors.Required(path.Child("volumeName"));
        else errors.InvalidAll(path.Child("volumeName"), file.VolumeName, NameRules.Dns1123Label(file.VolumeName));
        if (string.IsNullOrEmpty(file.Path)) errors.Required(path.Child("path"));
        else PathValidation.NotReserved(file.Path, path.Child("path"), errors);
    }
}
