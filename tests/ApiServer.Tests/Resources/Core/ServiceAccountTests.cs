using Coxswain.ApiServer.Resources.Core;

namespace Coxswain.ApiServer.Tests.Resources.Core;

public sealed class ServiceAccountTests
{
    private static readonly ServiceAccount Accounts = new();

    [Fact]
    public void PrepareForCreate_SecretReferences_KeepOnlyTheirNames()
    {
        var account = Written.Created(Accounts, """{"metadata":{"name":"a"},"secrets":[{"name":"s","namespace":"other","kind":"Secret"}]}""");
        var secret = Assert.Single(account.Secrets);
        Assert.Equal(("s", null, null), (secret.Name, secret.NamespaceProperty, secret.Kind));
    }

    [Fact]
    public void Warnings_EnforceMountableSecrets_IsDeprecated() => Assert.Equal(
        ["metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"],
        Written.Warnings(Accounts, """{"metadata":{"name":"a","annotations":{"kubernetes.io/enforce-mountable-secrets":"true"}}}"""));
}
