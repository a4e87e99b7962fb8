using System.Security.Cryptography;
using Coxswain.ApiServer.Auth;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Auth;

public sealed class TokenIssuerTests
{
    [Fact]
    public async Task Issue_InAnotherClusterDomain_NamesItAndIsGoodOnlyThere()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var tokens = new ServiceAccountTokens(key, TimeProvider.System, "corp.example");
        var account = new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "sa", NamespaceProperty = "ns", Uid = "u" } };

        var issued = await tokens.IssueAsync(account, new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec() }, null, TestContext.Current.CancellationToken);

        Assert.Equal("https://kubernetes.default.svc.corp.example", tokens.Issuer);
        Assert.Equal([tokens.Issuer], tokens.Read(issued.Token)!.Audiences);
        Assert.Null(new ServiceAccountTokens(key, TimeProvider.System).Read(issued.Token));
    }
}
