using Coxswain.Api;
using Coxswain.ApiServer.Resources;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>What holds for every object's metadata, with upstream's texts (<c>apimachinery/pkg/api/validation/objectmeta.go</c>).</summary>
internal static class MetadataRules
{
    private const string Orphan = "orphan";
    private const string Foreground = "foregroundDeletion";
    private static readonly FieldPath Path = FieldPath.Root("metadata");

    public static void Validate(ResourceDefinition definition, V1ObjectMeta meta, FieldErrors errors)
    {
        Names(definition, meta, errors);
        if (definition.ResourceType.Namespaced) Namespace(meta, errors);
        else if (!string.IsNullOrEmpty(meta.NamespaceProperty)) errors.Forbidden(Path.Child("namespace"), "not allowed on this type");
        if (meta.Generation < 0) errors.Invalid(Path.Child("generation"), meta.Generation, "must be greater than or equal to 0");
        LabelRules.Labels(meta.Labels, Path.Child("labels"), errors);
        LabelRules.Annotations(meta.Annotations, Path.Child("annotations"), errors);
        Owners(meta.OwnerReferences, errors);
        Finalizers(meta.Finalizers, errors);
    }

    /// <summary>What an update may not change.</summary>
    public static void ValidateUpdate(V1ObjectMeta meta, V1ObjectMeta old, FieldErrors errors)
    {
        if (old.DeletionTimestamp is not null) NoNewFinalizers(meta, old, errors);
        Immutable("name", meta.Name ?? "", old.Name ?? "", errors);
        Immutable("namespace", meta.NamespaceProperty ?? "", old.NamespaceProperty ?? "", errors);
        Immutable("uid", meta.Uid ?? "", old.Uid ?? "", errors);
        Immutable("deletionTimestamp", Time(meta.DeletionTimestamp), Time(old.DeletionTimestamp), errors);
        Immutable("deletionGracePeriodSeconds", meta.DeletionGracePeriodSeconds, old.DeletionGracePeriodSeconds, errors);
    }

    private static void Names(ResourceDefinition definition, V1ObjectMeta meta, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(meta.GenerateName))
        {
            errors.InvalidAll(Path.Child("generateName"), meta.GenerateName, definition.ValidateName(meta.GenerateName, prefix: true));
        }
        if (string.IsNullOrEmpty(meta.Name)) errors.Required(Path.Child("name"), "name or generateName is required");
        else errors.InvalidAll(Path.Child("name"), meta.Name, definition.ValidateName(meta.Name, prefix: false));
    }

    private static void Namespace(V1ObjectMeta meta, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(meta.NamespaceProperty)) errors.Required(Path.Child("namespace"));
        else errors.InvalidAll(Path.Child("namespace"), meta.NamespaceProperty, NameRules.Dns1123Label(meta.NamespaceProperty));
    }

    private static void Owners(IList<V1OwnerReference>? owners, FieldErrors errors)
    {
        if (owners is null) return;
        var path = Path.Child("ownerReferences");
        var all = new GoValue(owners);
        string? controller = null;
        foreach (var owner in owners)
        {
            Owner(owner, path, errors);
            if (owner.Controller != true) continue;
            if (controller is null) controller = owner.Name;
            else
            {
                errors.Invalid(path, all, "Only one reference can have Controller set to true. Found \"true\" in references for "
                    + $"{controller} and {owner.Name}");
            }
        }
    }

    private static void Owner(V1OwnerReference owner, FieldPath path, FieldErrors errors)
    {
        if (!GroupVersion.TryParse(owner.ApiVersion, out var group, out var version)) errors.Invalid(path.Child("apiVersion"), owner.ApiVersion ?? "", "version must not be empty");
        if (string.IsNullOrEmpty(owner.Kind)) errors.Invalid(path.Child("kind"), "", "must not be empty");
        if (string.IsNullOrEmpty(owner.Name)) errors.Invalid(path.Child("name"), "", "must not be empty");
        if (string.IsNullOrEmpty(owner.Uid)) errors.Invalid(path.Child("uid"), "", "must not be empty");
        if (group.Length == 0 && version == "v1" && owner.Kind == "Event")
        {
            errors.Invalid(path, new GoValue([owner]), "/v1, Kind=Event is disallowed from being an owner");
        }
    }

    private static void Finalizers(IList<string>? finalizers, FieldErrors errors)
    {
        if (finalizers is null) return;
        var path = Path.Child("finalizers");
        foreach (var finalizer in finalizers) errors.InvalidAll(path, finalizer, NameRules.QualifiedName(finalizer));
        if (finalizers.Contains(Orphan) && finalizers.Contains(Foreground))
        {
            errors.Invalid(path, new GoValue(finalizers), $"finalizer {Orphan} and {Foreground} cannot be both set");
        }
        for (var i = 0; i < finalizers.Count; i++)
        {
            if (finalizers[i].Contains('/') || finalizers[i] is Orphan or Foreground or "kubernetes") continue;
            errors.Invalid(path.Index(i), finalizers[i], "name is neither a standard finalizer name nor is it fully qualified");
        }
    }

    private static void NoNewFinalizers(V1ObjectMeta meta, V1ObjectMeta old, FieldErrors errors)
    {
        var added = (meta.Finalizers ?? []).Except(old.Finalizers ?? []).Order(StringComparer.Ordinal).Select(GoText.Quote).ToList();
        if (added.Count == 0) return;
        errors.Forbidden(Path.Child("finalizers"),
            $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added)}}}");
    }

    private static void Immutable<T>(string field, T value, T old, FieldErrors errors)
    {
        if (!EqualityComparer<T>.Default.Equals(value, old)) errors.Invalid(Path.Child(field), value, "field is immutable");
    }

    private static string? Time(DateTime? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Lists stand in messages as JSON.</summary>
    private sealed class GoValue
    {
        private readonly Lazy<string> _text;
        public GoValue(IList<V1OwnerReference> owners) => _text = new(() => $"[{string.Join(',', owners.Select(Owner))}]");
        public GoValue(IList<string> texts) => _text = new(() => $"[{string.Join(',', texts.Select(GoText.Quote))}]");
        public override string ToString() => _text.Value;

        private static string Owner(V1OwnerReference o) =>
            $"{{\"apiVersion\":{GoText.Quote(o.ApiVersion ?? "")},\"kind\":{GoText.Quote(o.Kind ?? "")},\"name\":{GoText.Quote(o.Name ?? "")},\"uid\":{GoText.Quote(o.Uid ?? "")}"
            + (o.Controller is { } c ? $",\"controller\":{(c ? "true" : "false")}" : "") + "}";
    }
}
