using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal sealed class ServiceAccount : ResourceDefinition<V1ServiceAccount>
{
    private const string EnforceSecrets = "kubernetes.io/enforce-mountable-secrets";

    public override ResourceType<V1ServiceAccount> Type => Kinds.ServiceAccounts;

    public override bool ReturnsDeletedObject => true;

    public override IReadOnlyList<TableColumn> Columns { get; } = [new("Name", Format: "name"), new("Age")];

    /// <summary>A secret is named here, no more: what else a reference can say is not looked at and not kept.</summary>
    protected override void PrepareForCreate(V1ServiceAccount value) => NameSecretsOnly(value);

    protected override void PrepareForUpdate(V1ServiceAccount value, V1ServiceAccount old) => NameSecretsOnly(value);

    protected override void Warnings(V1ServiceAccount value, V1ServiceAccount? old, List<string> warnings)
    {
        if (value.Metadata.Annotations?.ContainsKey(EnforceSecrets) == true && old?.Metadata.Annotations?.ContainsKey(EnforceSecrets) != true)
            warnings.Add($"metadata.annotations[{EnforceSecrets}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets");
    }

    private static void NameSecretsOnly(V1ServiceAccount value)
    {
        if (value.Secrets is { Count: > 0 } secrets) value.Secrets = [.. secrets.Select(s => new V1ObjectReference { Name = s.Name })];
    }

    protected override object?[] Row(V1ServiceAccount value, DateTime now) => [value.Metadata.Name, TableCells.Age(value.Metadata, now)];
}
