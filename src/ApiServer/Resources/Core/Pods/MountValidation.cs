using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Where a container mounts the Pod's volumes.</summary>
internal static class MountValidation
{
    public static void Mounts(V1Container container, IReadOnlyDictionary<string, V1Volume> volumes, FieldPath path, FieldErrors errors)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        var (deviceNames, devicePaths) = (Texts(container.VolumeDevices, d => d.Name), Texts(container.VolumeDevices, d => d.DevicePath));
        for (var i = 0; i < (container.VolumeMounts?.Count ?? 0); i++)
        {
            var (mount, at) = (container.VolumeMounts![i], path.Index(i));
            var (name, target) = (mount.Name ?? "", mount.MountPath ?? "");
            if (name.Length == 0) errors.Required(at.Child("name"));
            if (!volumes.TryGetValue(name, out var volume)) errors.NotFound(at.Child("name"), name);
            if (target.Length == 0) errors.Required(at.Child("mountPath"));
            if (!paths.Add(target)) errors.Invalid(at.Child("mountPath"), target, "must be unique");
            if (deviceNames.Contains(name)) errors.Invalid(at.Child("name"), name, "must not already exist in volumeDevices");
            if (devicePaths.Contains(target)) errors.Invalid(at.Child("mountPath"), target, "must not already exist as a path in volumeDevices");
            if (volume?.Image is not null && !string.IsNullOrEmpty(mount.SubPathExpr)) errors.Invalid(path.Child("subPathExpr"), mount.SubPathExpr, "not allowed in image volume sources");
            SubPaths(mount, path, at, errors);
            Propagation(mount, container, path, errors);
        }
    }

    /// <remarks>Upstream leaves the index out of some of these paths.</remarks>
    private static void SubPaths(V1VolumeMount mount, FieldPath path, FieldPath at, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(mount.SubPath)) PathValidation.Descending(mount.SubPath, path.Child("subPath"), errors);
        if (string.IsNullOrEmpty(mount.SubPathExpr)) return;
        if (!string.IsNullOrEmpty(mount.SubPath)) errors.Invalid(at.Child("subPathExpr"), mount.SubPathExpr, "subPathExpr and subPath are mutually exclusive");
        PathValidation.Descending(mount.SubPathExpr, path.Child("subPathExpr"), errors);
    }

    private static void Propagation(V1VolumeMount mount, V1Container container, FieldPath path, FieldErrors errors)
    {
        if (mount.MountPropagation is { } propagation)
        {
            var field = path.Child("mountPropagation");
            if (propagation is not ("Bidirectional" or "HostToContainer" or "None")) errors.NotSupported(field, propagation, "Bidirectional", "HostToContainer", "None");
            if (propagation == "Bidirectional" && container.SecurityContext?.Privileged != true) errors.Forbidden(field, "Bidirectional mount propagation is available only to privileged containers");
        }
        if (mount.RecursiveReadOnly is not { } recursive) return;
        var at = path.Child("recursiveReadOnly");
        if (recursive is not ("Disabled" or "IfPossible" or "Enabled")) errors.NotSupported(at, recursive, "Disabled", "IfPossible", "Enabled");
        if (recursive is not ("IfPossible" or "Enabled")) return;
        if (mount.ReadOnlyProperty != true) errors.Forbidden(at, "may only be specified when readOnly is true");
        if (mount.MountPropagation is not (null or "None")) errors.Forbidden(at, "may only be specified when mountPropagation is None or not specified");
    }

    public static void Devices(V1Container container, IReadOnlyDictionary<string, V1Volume> volumes, FieldPath path, FieldErrors errors)
    {
        HashSet<string> names = new(StringComparer.Ordinal), paths = new(StringComparer.Ordinal);
        var (mountNames, mountPaths) = (Texts(container.VolumeMounts, m => m.Name), Texts(container.VolumeMounts, m => m.MountPath));
        for (var i = 0; i < (container.VolumeDevices?.Count ?? 0); i++)
        {
            var at = path.Index(i);
            var (name, target) = (container.VolumeDevices![i].Name ?? "", container.VolumeDevices[i].DevicePath ?? "");
            if (name.Length == 0) errors.Required(at.Child("name"));
            if (!names.Add(name)) errors.Invalid(at.Child("name"), name, "must be unique");
            if (!volumes.TryGetValue(name, out var volume)) errors.NotFound(at.Child("name"), name);
            else if (volume.PersistentVolumeClaim is null && volume.Ephemeral is null)
            {
                errors.Invalid(at.Child("name"), name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
            }
            if (target.Length == 0) errors.Required(at.Child("devicePath"));
            if (PathValidation.HasBacksteps(target)) errors.Invalid(at.Child("devicePath"), target, "can not contain backsteps ('..')");
            else if (!paths.Add(target)) errors.Invalid(at.Child("devicePath"), target, "must be unique");
            if (mountNames.Contains(name)) errors.Invalid(at.Child("name"), name, "must not already exist in volumeMounts");
            if (mountPaths.Contains(target)) errors.Invalid(at.Child("devicePath"), target, "must not already exist as a path in volumeMounts");
        }
    }

    private static HashSet<string> Texts<T>(IList<T>? items, Func<T, string?> text) =>
        (items ?? []).Select(text).OfType<string>().ToHashSet(StringComparer.Ordinal);
}
