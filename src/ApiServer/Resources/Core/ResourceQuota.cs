using System.Text;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

/// <summary>What a namespace may hold at most. Writes are held to the spec (see <c>Quotas/</c>); the status is the controller's report.</summary>
internal sealed class ResourceQuota : ResourceDefinition<V1ResourceQuota>
{
    public override ResourceType<V1ResourceQuota> Type => Kinds.ResourceQuotas;

    public override bool HasStatus => true;

    public override IReadOnlyList<TableColumn> Columns { get; } = [new("Name", Format: "name"), new("Request"), new("Limit"), new("Age")];

    protected override void PrepareForCreate(V1ResourceQuota value) => value.Status = new V1ResourceQuotaStatus();

    protected override void PrepareForUpdate(V1ResourceQuota value, V1ResourceQuota old) => value.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1ResourceQuota value, V1ResourceQuota old) => value.Spec = old.Spec;

    protected override void ValidateCreate(V1ResourceQuota value, FieldErrors errors) => ResourceQuotaValidation.Spec(value.Spec, FieldPath.Root("spec"), errors);

    protected override void ValidateUpdate(V1ResourceQuota value, V1ResourceQuota old, FieldErrors errors)
    {
        var path = FieldPath.Root("spec");
        ResourceQuotaValidation.Spec(value.Spec, path, errors);
        var (scopes, before) = (value.Spec?.Scopes ?? [], old.Spec?.Scopes ?? []);
        Rules.Immutable(scopes.ToHashSet().SetEquals(before), GoJson.Strings(value.Spec?.Scopes), path.Child("scopes"), errors);
    }

    protected override void ValidateStatusUpdate(V1ResourceQuota value, V1ResourceQuota old, FieldErrors errors)
    {
        var path = FieldPath.Root("status");
        ResourceQuotaValidation.Amounts(value.Status?.Hard, path.Child("hard"), errors);
        ResourceQuotaValidation.Amounts(value.Status?.Used, path.Child("used"), errors);
    }

    protected override object?[] Row(V1ResourceQuota value, DateTime now)
    {
        var (requests, limits) = (new StringBuilder(), new StringBuilder());
        foreach (var (name, hard) in (value.Status?.Hard ?? new Dictionary<string, ResourceQuantity>()).OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            var column = name.StartsWith("limits.", StringComparison.Ordinal) ? limits : requests;
            column.Append(column.Length > 0 ? ", " : "").Append(name).Append(": ").Append(value.Status!.Used.Get(name)).Append('/').Append(hard.ToQuantity());
        }
        return [value.Metadata.Name, requests.ToString(), limits.ToString(), TableCells.Age(value.Metadata, now)];
    }
}
