using k8s.Models;

namespace Coxswain.Node.Pods;

/// <summary>AppArmor, which some kernels have. A Pod that wants a profile is not run without it.</summary>
internal static class AppArmorProfiles
{
    private const string Parameter = "/sys/module/apparmor/parameters/enabled";

    public static bool AreEnforced => File.Exists(Parameter) && File.ReadAllText(Parameter).StartsWith('Y') && Directory.Exists("/sys/kernel/security/apparmor");

    public static bool AreWanted(V1Pod pod) => IsConfined(pod.Spec.SecurityContext?.AppArmorProfile) || pod.AllContainers().Any(c => IsConfined(c.SecurityContext?.AppArmorProfile));

    private static bool IsConfined(V1AppArmorProfile? profile) => profile is not null && profile.Type != "Unconfined";
}
