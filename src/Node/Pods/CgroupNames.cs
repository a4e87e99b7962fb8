using Coxswain.Node.Runtime;

namespace Coxswain.Node.Pods;

/// <summary>
/// What the cgroups around Pods are called. In the file system: <c>/root/podUID</c>. systemd has slices, whose names say where they lie: a dash goes one
/// down, so <c>root-podUID.slice</c> lies at <c>/root.slice/root-podUID.slice</c>.
/// </summary>
internal static class CgroupNames
{
    /// <param name="root">Of all Pods: <c>/coxswain-1a2b3c</c>.</param>
    public static string OfPod(string root, string uid, CgroupDriver driver) =>
        driver == CgroupDriver.Systemd ? Slice($"{root.TrimStart('/')}-pod{uid.Replace('-', '_')}") : $"{root}/pod{uid}";

    /// <summary>Where the Pods' cgroups lie, by one driver or the other.</summary>
    public static IEnumerable<string> Roots(string root) => [root, Slice(root.TrimStart('/'))];

    private static string Slice(string name)
    {
        var (path, parts) = ("", name.Split('-'));
        for (var i = 1; i <= parts.Length; i++) path += $"/{string.Join('-', parts[..i])}.slice";
        return path;
    }
}
