using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal sealed class ConfigMap : ResourceDefinition<V1ConfigMap>
{
    public override ResourceType<V1ConfigMap> Type => Kinds.ConfigMaps;

    public override IReadOnlyList<TableColumn> Columns { get; } = [new("Name", Format: "name"), new("Data"), new("Age")];

    protected override void Validate(V1ConfigMap value, FieldErrors errors)
    {
        var (data, binary) = (value.Data ?? new Dictionary<string, string>(), value.BinaryData ?? new Dictionary<string, byte[]>());
        long bytes = 0;
        foreach (var (key, text) in data.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            var path = FieldPath.Root("data").Key(key);
            errors.InvalidAll(path, key, ValueRules.ConfigKey(key));
            if (binary.ContainsKey(key)) errors.Invalid(path, key, "duplicate of key present in binaryData");
            bytes += System.Text.Encoding.UTF8.GetByteCount(text ?? "");
        }
        foreach (var (key, content) in binary.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            errors.InvalidAll(FieldPath.Root("binaryData").Key(key), key, ValueRules.ConfigKey(key));
            bytes += content?.Length ?? 0;
        }
        // The path of the object as a whole reads like this upstream.
        if (bytes > SecretValidation.MaximumBytes) errors.TooLong(FieldPath.Root("[]"), SecretValidation.MaximumBytes);
    }

    protected override void ValidateUpdate(V1ConfigMap value, V1ConfigMap old, FieldErrors errors)
    {
        if (old.Immutable != true) return;
        if (value.Immutable != true) errors.Forbidden(FieldPath.Root("immutable"), Secret.ImmutableText);
        if (!Semantic.Equal(value.Data, old.Data)) errors.Forbidden(FieldPath.Root("data"), Secret.ImmutableText);
        if (!Semantic.Equal(value.BinaryData, old.BinaryData)) errors.Forbidden(FieldPath.Root("binaryData"), Secret.ImmutableText);
    }

    protected override object?[] Row(V1ConfigMap value, DateTime now) =>
        [value.Metadata.Name, (long)((value.Data?.Count ?? 0) + (value.BinaryData?.Count ?? 0)), TableCells.Age(value.Metadata, now)];
}
