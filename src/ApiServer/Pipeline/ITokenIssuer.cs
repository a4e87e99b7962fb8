using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Signs service-account tokens (<c>POST serviceaccounts/NAME/token</c>).</summary>
public interface ITokenIssuer
{
    /// <summary>Whom a token is for that names nobody: the API server.</summary>
    string Audience { get; }

    /// <summary>A signed token and when it ends.</summary>
    /// <param name="request">Validated and defaulted.</param>
    /// <param name="bound">The Pod, Secret or Node that <c>spec.boundObjectRef</c> names, checked to exist; else null.</param>
    ValueTask<V1TokenRequestStatus> IssueAsync(V1ServiceAccount account, Authenticationv1TokenRequest request, BoundObject? bound, CancellationToken ct);
}
