using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>A Pod's volumes: a name and exactly one source each.</summary>
internal static class VolumeValidation
{
    internal const string ModeRule = "must be a number between 0 and 0777 (octal), both inclusive";

    /// <returns>The volumes without faults.</returns>
    public static IReadOnlyDictionary<string, V1Volume> Validate(IList<V1Volume>? volumes, FieldPath path, FieldErrors errors)
    {
        var good = new Dictionary<string, V1Volume>(StringComparer.Ordinal);
        for (var i = 0; i < (volumes?.Count ?? 0); i++)
        {
            var (volume, at, before) = (volumes![i], path.Index(i), errors.Count);
            Sources(volume, at, errors);
            if (string.IsNullOrEmpty(volume.Name)) errors.Required(at.Child("name"));
            else errors.InvalidAll(at.Child("name"), volume.Name, NameRules.Dns1123Label(volume.Name));
            if (volume.Name is not null && good.ContainsKey(volume.Name)) errors.Duplicate(at.Child("name"), volume.Name);
            if (errors.Count == before && volume.Name is not null) good[volume.Name] = volume;
        }
        return good;
    }

    private static void Sources(V1Volume volume, FieldPath path, FieldErrors errors)
    {
        var first = true;
        foreach (var (field, source) in VolumeSources.Of(volume))
        {
            if (first) Source(source, path.Child(field), errors);
            else errors.Forbidden(path.Child(field), "may not specify more than 1 volume type");
            first = false;
        }
        if (first) errors.Required(path, "must specify a volume type");
    }

    private static void Source(object source, FieldPath path, FieldErrors errors)
    {
        switch (source)
        {
            case V1EmptyDirVolumeSource empty:
                if (empty.SizeLimit?.ToQuantity().Sign < 0) errors.Forbidden(path.Child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
                break;
            case V1HostPathVolumeSource host: HostPath(host, path, errors); break;
            case V1ConfigMapVolumeSource map:
                Need(map.Name, path.Child("name"), errors);
                Mode(map.DefaultMode, path.Child("defaultMode"), errors);
                Items(map.Items, path.Child("items"), errors);
                break;
            case V1SecretVolumeSource secret:
                Need(secret.SecretName, path.Child("secretName"), errors);
                Mode(secret.DefaultMode, path.Child("defaultMode"), errors);
                Items(secret.Items, path.Child("items"), errors);
                break;
            case V1DownwardAPIVolumeSource downward:
                Mode(downward.DefaultMode, path.Child("defaultMode"), errors);
                foreach (var file in downward.Items ?? []) ProjectedValidation.DownwardFile(file, path, errors);
                break;
            case V1ProjectedVolumeSource projected: ProjectedValidation.Validate(projected, path, errors); break;
            default: DiskValidation.Validate(source, path, errors); break;
        }
    }

    internal static void Need(string? value, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(value)) errors.Required(path);
    }

    internal static void Mode(int? mode, FieldPath path, FieldErrors errors)
    {
        if (mode is < 0 or > 0x1FF) errors.Invalid(path, mode.Value, ModeRule);
    }

    internal static void Items(IList<V1KeyToPath>? items, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < (items?.Count ?? 0); i++) Item(items![i], path.Index(i), errors);
    }

    internal static void Item(V1KeyToPath item, FieldPath path, FieldErrors errors)
    {
        Need(item.Key, path.Child("key"), errors);
        Need(item.Path, path.Child("path"), errors);
        PathValidation.NotReserved(item.Path ?? "", path.Child("path"), errors);
        Mode(item.Mode, path.Child("mode"), errors);
    }

    private static void HostPath(V1HostPathVolumeSource host, FieldPath path, FieldErrors errors)
    {
        string[] types = ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
        if (string.IsNullOrEmpty(host.Path))
        {
            errors.Required(path.Child("path"));
            return;
        }
        PathValidation.NoBacksteps(host.Path, path.Child("path"), errors);
        if (host.Type is { } type && !types.Contains(type)) errors.NotSupported(path.Child("type"), type, types);
    }
}
