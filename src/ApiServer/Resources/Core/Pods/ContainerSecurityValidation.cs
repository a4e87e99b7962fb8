using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>A container's securityContext, and the profiles that it shares with the Pod's.</summary>
internal static class ContainerSecurityValidation
{
    private const int LongestProfile = 4095;

    public static void Validate(V1SecurityContext? context, bool hostUsers, FieldPath path, FieldErrors errors)
    {
        if (context is null) return;
        Id(context.RunAsUser, path.Child("runAsUser"), errors);
        Id(context.RunAsGroup, path.Child("runAsGroup"), errors);
        Seccomp(context.SeccompProfile, path.Child("seccompProfile"), errors);
        if (context.ProcMount is { } mount)
        {
            PodSpecValidation.OneOf(mount, path.Child("procMount"), errors, "Default", "Unmasked");
            if (hostUsers && mount == "Unmasked") errors.Invalid(path.Child("procMount"), mount, "`hostUsers` must be false to use `Unmasked`");
        }
        if (context.AllowPrivilegeEscalation == false) Escalation(context, path, errors);
        AppArmor(context.AppArmorProfile, path.Child("appArmorProfile"), errors);
    }

    public static void Id(long? id, FieldPath path, FieldErrors errors)
    {
        if (id is < 0 or > int.MaxValue) errors.Invalid(path, id.Value, ValueRules.Between(0, int.MaxValue));
    }

    public static void Seccomp(V1SeccompProfile? profile, FieldPath path, FieldErrors errors)
    {
        if (profile is null) return;
        if (string.IsNullOrEmpty(profile.Type)) errors.Required(path.Child("type"), "type is required when seccompProfile is set");
        else if (profile.Type is not ("Localhost" or "RuntimeDefault" or "Unconfined")) errors.NotSupported(path.Child("type"), profile.Type, "Localhost", "RuntimeDefault", "Unconfined");
        var local = path.Child("localhostProfile");
        if (profile.Type == "Localhost")
        {
            if (profile.LocalhostProfile is null) errors.Required(local, "must be set when seccomp type is Localhost");
            else PathValidation.Descending(profile.LocalhostProfile, local, errors);
        }
        else if (profile.LocalhostProfile is not null) errors.Invalid(local, Profile(profile.Type, profile.LocalhostProfile), "can only be set when seccomp type is Localhost");
    }

    public static void AppArmor(V1AppArmorProfile? profile, FieldPath path, FieldErrors errors)
    {
        if (profile is null) return;
        var local = path.Child("localhostProfile");
        switch (profile.Type)
        {
            case "Localhost": LocalAppArmor(profile.LocalhostProfile, local, errors); break;
            case "RuntimeDefault" or "Unconfined":
                if (profile.LocalhostProfile is { } extra) errors.Invalid(local, extra, "can only be set when AppArmor type is Localhost");
                break;
            case null or "": errors.Required(path.Child("type"), "type is required when appArmorProfile is set"); break;
            default: errors.NotSupported(path.Child("type"), profile.Type, "Localhost", "RuntimeDefault", "Unconfined"); break;
        }
    }

    private static void LocalAppArmor(string? profile, FieldPath path, FieldErrors errors)
    {
        var trimmed = profile?.Trim();
        if (string.IsNullOrEmpty(trimmed)) errors.Required(path, "must be set when AppArmor type is Localhost");
        else if (trimmed != profile) errors.Invalid(path, profile, "must not be padded with whitespace");
        if (profile?.Length > LongestProfile) errors.TooLong(path, LongestProfile);
    }

    private static void Escalation(V1SecurityContext context, FieldPath path, FieldErrors errors)
    {
        if (context.Privileged == true) errors.Invalid(path, Text(context), "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        if (context.Capabilities?.Add?.Contains("CAP_SYS_ADMIN") == true) errors.Invalid(path, Text(context), "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
    }

    private static GoJson Text(V1SecurityContext c) => GoJson.Fields(
        ("Capabilities", c.Capabilities is { } caps ? GoJson.Fields(("Add", GoJson.Strings(caps.Add)), ("Drop", GoJson.Strings(caps.Drop))) : GoJson.Null),
        ("Privileged", GoJson.Bool(c.Privileged)),
        ("SELinuxOptions", c.SeLinuxOptions is { } se ? GoJson.Fields(("User", GoJson.Text(se.User ?? "")), ("Role", GoJson.Text(se.Role ?? "")), ("Type", GoJson.Text(se.Type ?? "")), ("Level", GoJson.Text(se.Level ?? ""))) : GoJson.Null),
        ("WindowsOptions", GoJson.Null),
        ("RunAsUser", GoJson.Number(c.RunAsUser)),
        ("RunAsGroup", GoJson.Number(c.RunAsGroup)),
        ("RunAsNonRoot", GoJson.Bool(c.RunAsNonRoot)),
        ("ReadOnlyRootFilesystem", GoJson.Bool(c.ReadOnlyRootFilesystem)),
        ("AllowPrivilegeEscalation", GoJson.Bool(c.AllowPrivilegeEscalation)),
        ("ProcMount", GoJson.Text(c.ProcMount)),
        ("SeccompProfile", c.SeccompProfile is { } s ? Profile(s.Type, s.LocalhostProfile) : GoJson.Null),
        ("AppArmorProfile", c.AppArmorProfile is { } a ? Profile(a.Type, a.LocalhostProfile) : GoJson.Null));

    private static GoJson Profile(string? type, string? local) => GoJson.Fields(("Type", GoJson.Text(type ?? "")), ("LocalhostProfile", GoJson.Text(local)));
}
