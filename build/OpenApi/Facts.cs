namespace Coxswain.Build.OpenApi;

/// <summary>What a field's declaration in C# does not say: what is required, how lists and maps merge, which words a string may be.</summary>
internal sealed class Facts
{
    private readonly Dictionary<string, string[]> _required = [];
    private readonly Dictionary<(string Type, string Field), Merge> _merges = [];
    private readonly Dictionary<(string Type, string Field), string[]> _enums = [];
    private readonly HashSet<(string Type, string Field)> _used = [];

    /// <summary>Fields of the package's model that Kubernetes 1.36 does not have.</summary>
    private static readonly HashSet<(string Type, string Field)> Later =
    [
        ("io.k8s.api.core.v1.PodSpec", "evictionResponders"),
        ("io.k8s.api.core.v1.PodStatus", "volumeHealth"),
        ("io.k8s.api.core.v1.NodeSpec", "podPreemptionPolicy"),
        ("io.k8s.api.core.v1.EmptyDirVolumeSource", "mode"),
        ("io.k8s.api.core.v1.ConfigMapVolumeSource", "defaultUser"),
        ("io.k8s.api.core.v1.SecretVolumeSource", "defaultUser"),
        ("io.k8s.api.core.v1.ProjectedVolumeSource", "defaultUser"),
        ("io.k8s.api.core.v1.DownwardAPIVolumeSource", "defaultUser"),
        ("io.k8s.api.core.v1.KeyToPath", "user"),
        ("io.k8s.api.core.v1.DownwardAPIVolumeFile", "user"),
        ("io.k8s.api.core.v1.ServiceAccountTokenProjection", "user"),
        ("io.k8s.api.core.v1.ClusterTrustBundleProjection", "user"),
        ("io.k8s.api.core.v1.PodCertificateProjection", "user"),
    ];

    public static Facts Load(string directory)
    {
        var facts = new Facts();
        foreach (var row in Rows(Path.Combine(directory, "required.tsv"))) facts._required[row[0]] = row[1].Split(',');
        foreach (var row in Rows(Path.Combine(directory, "merge.tsv"))) facts._merges[(row[0], row[1])] = new Merge(row[3], row[4], row[2] == "array", row[5], row[6]);
        foreach (var row in Rows(Path.Combine(directory, "enums.tsv"))) facts._enums[(row[0], row[1])] = row[2].Split(',');
        return facts;
    }

    public static bool IsLater(string type, string field) => Later.Contains((type, field));

    public IReadOnlyList<string> Required(string type) => _required.GetValueOrDefault(type) ?? [];

    /// <summary>The words that a field, or each entry of it, may be; null when it is free.</summary>
    public string[]? EnumOf(string type, string field)
    {
        _used.Add((type, field));
        return _enums.GetValueOrDefault((type, field));
    }

    /// <param name="field"><c>(self)</c> for the type as a whole.</param>
    public Merge? MergeOf(string type, string field)
    {
        _used.Add((type, field));
        return _merges.GetValueOrDefault((type, field));
    }

    public IEnumerable<string> Unused(DefinitionNames names) => _merges.Keys.Concat(_enums.Keys).Where(k => !_used.Contains(k) && names.HasPackage(k.Type)).Select(k => $"{k.Type} {k.Field}");

    private static IEnumerable<string[]> Rows(string path) => File.ReadLines(path).Skip(1).Select(line => line.Split('\t'));
}

internal sealed record Merge(string PatchStrategy, string MergeKey, bool IsList, string Type, string Keys);
