using System.Collections.Concurrent;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Auth;

/// <summary>Turns a bearer token into a caller: the signature is checked once a token, what it is bound to at every request.</summary>
internal sealed class Authenticator(ApiServerCore core, ServiceAccountTokens tokens)
{
    private const int CacheLimit = 4096;
    /// <summary>Objects on their way out keep their tokens alive this long, so that a Pod can end in good order.</summary>
    private static readonly TimeSpan DeletionLeeway = TimeSpan.FromSeconds(60);

    private readonly ClockWatch _clock = new(core.Time);
    private readonly ConcurrentDictionary<string, (TokenClaims Claims, UserInfo User)> _known = new(StringComparer.Ordinal);

    /// <summary>Null when the token is no good.</summary>
    public UserInfo? FromToken(string token)
    {
        if (!_known.TryGetValue(token, out var known))
        {
            if (tokens.Read(token) is not { } claims) return null;
            known = (claims, UserOf(claims));
            if (_known.Count >= CacheLimit) _known.Clear();
            _known.TryAdd(token, known);
        }
        return known.Claims.Audiences.Contains(tokens.Issuer) && Fault(known.Claims) is null ? known.User : null;
    }

    /// <summary>As <see cref="FromToken"/>, for any audience, and with the reason of a refusal.</summary>
    /// <param name="audiences">Whom the token may be for; null for the API server.</param>
    public TokenVerdict Judge(string token, IReadOnlyList<string>? audiences)
    {
        audiences ??= [tokens.Issuer];
        if (tokens.ReadSigned(token) is not { } claims) return new TokenVerdict(null, [], "invalid bearer token");
        var both = audiences.Where(claims.Audiences.Contains).ToList();
        // The words in front are those of upstream's first authenticator, which knows only the server's own token.
        if (both.Count == 0) return new TokenVerdict(null, [], $"[invalid bearer token, token audiences {Quoted(claims.Audiences)} is invalid for the target audiences {Quoted(audiences)}]");
        return Fault(claims) is { } fault ? new TokenVerdict(null, [], $"[invalid bearer token, {fault}]") : new TokenVerdict(UserOf(claims), both, "");
    }

    private static string Quoted(IReadOnlyList<string> audiences) => $"[{string.Join(' ', audiences.Select(GoText.Quote))}]";

    /// <summary>Why a token that was good when it was signed is so no more; null while it is.</summary>
    private string? Fault(TokenClaims claims)
    {
        if (!tokens.IsFresh(claims)) return "service account token has expired";
        if (!Exists(Kinds.ServiceAccounts, claims.Namespace, (claims.ServiceAccount, claims.ServiceAccountUid))
            || (claims.Pod is { } pod && !Exists(Kinds.Pods, claims.Namespace, pod))
            || (claims.Secret is { } secret && !Exists(Kinds.Secrets, claims.Namespace, secret))
            // A Pod's token names its node for information only; one bound to the node itself ends with it.
            || (claims.Pod is null && claims.Node is { } node && !Exists(Kinds.Nodes, "", node))) return "service account token has been invalidated";
        return null;
    }

    private bool Exists(ResourceType type, string ns, (string Name, string Uid) reference)
    {
        if (core.Find(type.Group, type.Version, type.Resource) is not { } endpoint) return false;
        var key = type.Namespaced ? $"{endpoint.Definition.StoragePrefix}{ns}/{reference.Name}" : endpoint.Definition.StoragePrefix + reference.Name;
        if (core.Store.Get(key) is not { } stored) return false;
        var metadata = endpoint.ObjectOf(stored).Metadata;
        return metadata.Uid == reference.Uid
            && (metadata.DeletionTimestamp is not { } deleted || _clock.Readings().Any(now => deleted + DeletionLeeway > now.UtcDateTime));
    }

    private static UserInfo UserOf(TokenClaims claims)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>> { [UserInfo.CredentialId] = [$"JTI={claims.Id}"] };
        if (claims.Node is { } node)
        {
            extra["authentication.kubernetes.io/node-name"] = [node.Name];
            if (node.Uid.Length > 0) extra["authentication.kubernetes.io/node-uid"] = [node.Uid];
        }
        if (claims.Pod is { } pod)
        {
            extra["authentication.kubernetes.io/pod-name"] = [pod.Name];
            extra["authentication.kubernetes.io/pod-uid"] = [pod.Uid];
        }
        return new UserInfo(
            $"{UserInfo.ServiceAccountPrefix}{claims.Namespace}:{claims.ServiceAccount}",
            ["system:serviceaccounts", $"system:serviceaccounts:{claims.Namespace}", UserInfo.Authenticated],
            claims.ServiceAccountUid) { Extra = extra };
    }
}
