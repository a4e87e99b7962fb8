using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

/// <summary>
/// Active until deleted, then Terminating while the finalizer <c>kubernetes</c> (taken off through /finalize by the namespace controller) holds it.
/// </summary>
internal sealed class Namespace : ResourceDefinition<V1Namespace>
{
    private const string Finalizer = "kubernetes";
    private const string Finalize = "finalize";
    private const string NameLabel = "kubernetes.io/metadata.name";

    public override ResourceType<V1Namespace> Type => Kinds.Namespaces;

    public override bool HasStatus => true;

    /// <summary>All namespaces at once cannot be deleted.</summary>
    public override IReadOnlyList<string> Verbs { get; } = ["create", "delete", "get", "list", "patch", "update", "watch"];

    public override bool TellsPreconditionsAsTheStoreDoes => true;

    public override IReadOnlyList<string> SelectableFields { get; } = ["name", "status.phase"];

    public override IReadOnlyList<TableColumn> Columns { get; } = [new("Name", Format: "name"), new("Status"), new("Age")];

    protected override void Default(V1Namespace value)
    {
        value.Spec ??= new V1NamespaceSpec();
        value.Status ??= new V1NamespaceStatus();
        if (string.IsNullOrEmpty(value.Status.Phase)) value.Status.Phase = "Active";
        Label(value);
    }

    protected override void PrepareForCreate(V1Namespace value)
    {
        value.Spec ??= new V1NamespaceSpec();
        value.Status = new V1NamespaceStatus { Phase = "Active" };
        if (value.Spec.Finalizers?.Contains(Finalizer) != true) value.Spec.Finalizers = [.. value.Spec.Finalizers ?? [], Finalizer];
        Label(value); // again: a generated name is known only now
    }

    protected override void PrepareForUpdate(V1Namespace value, V1Namespace old)
    {
        value.Spec = new V1NamespaceSpec { Finalizers = old.Spec?.Finalizers };
        value.Status = old.Status;
        Label(value);
    }

    protected override void PrepareForStatusUpdate(V1Namespace value, V1Namespace old) => value.Spec = old.Spec;

    public override IReadOnlyList<string> UpdateSubresources { get; } = [Finalize];

    protected override void PrepareForSubresourceUpdate(string subresource, V1Namespace value, V1Namespace old)
    {
        value.Spec ??= new V1NamespaceSpec();
        value.Status = old.Status;
    }

    public override IReadOnlyList<string> ValidateName(string name, bool prefix) => NameRules.Dns1123Label(prefix ? NameRules.WithoutTrailingDash(name) : name);

    protected override void Validate(V1Namespace value, FieldErrors errors)
    {
        foreach (var finalizer in value.Spec?.Finalizers ?? []) FinalizerName(finalizer, FieldPath.Root("spec").Child("finalizers"), errors);
    }

    protected override void ValidateStatusUpdate(V1Namespace value, V1Namespace old, FieldErrors errors)
    {
        var path = FieldPath.Root("status").Child("Phase");
        var deleted = value.Metadata.DeletionTimestamp is not null;
        if (!deleted && value.Status?.Phase != "Active") errors.Invalid(path, value.Status?.Phase ?? "", "may only be 'Active' if `deletionTimestamp` is empty");
        if (deleted && value.Status?.Phase != "Terminating") errors.Invalid(path, value.Status?.Phase ?? "", "may only be 'Terminating' if `deletionTimestamp` is not empty");
    }

    protected override void ValidateSubresourceUpdate(string subresource, V1Namespace value, V1Namespace old, FieldErrors errors)
    {
        var finalizers = value.Spec.Finalizers ?? [];
        for (var i = 0; i < finalizers.Count; i++) FinalizerName(finalizers[i], FieldPath.Root("spec").Child("finalizers").Index(i), errors);
    }

    private static void FinalizerName(string name, FieldPath path, FieldErrors errors)
    {
        Rules.QualifiedName(name, path, errors);
        if (!name.Contains('/', StringComparison.Ordinal) && name is not (Finalizer or "orphan" or "foregroundDeletion"))
            errors.Invalid(path, name, "name is neither a standard finalizer name nor is it fully qualified");
    }

    protected override bool Holds(V1Namespace value) => value.Spec?.Finalizers is { Count: > 0 };

    protected override void MarkForDelete(V1Namespace value) => (value.Status ??= new V1NamespaceStatus()).Phase = "Terminating";

    protected override string? FieldValue(V1Namespace value, string field) => field == "name" ? value.Metadata.Name : value.Status?.Phase;

    protected override object?[] Row(V1Namespace value, DateTime now) => [value.Metadata.Name, value.Status?.Phase ?? "", TableCells.Age(value.Metadata, now)];

    private static void Label(V1Namespace value)
    {
        if (string.IsNullOrEmpty(value.Metadata?.Name)) return;
        value.Metadata.Labels ??= new Dictionary<string, string>();
        value.Metadata.Labels[NameLabel] = value.Metadata.Name;
    }
}
