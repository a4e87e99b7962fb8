using System.Collections.Concurrent;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Auth;

/// <summary>Turns a bearer token into a caller: the signature is checked once a token, what it is bound to at every request.</summary>
internal sealed class Authenticator(ApiServerCore core, ServiceAccountTokens tokens)
{
    private const int CacheLimit = 4096;
    /// <summary>In characters. Longer tokens (with very many audiences) are verified at each request; kept, they could fill the memory.</summary>
    private const int CachedLength = 4096;
    private const string Invalidated = "service account token has been invalidated";
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
            if (token.Length <= CachedLength) _known.TryAdd(token, known);
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

    /// <summary>Why a token that was good when it was signed is so no more, in upstream's words; null while it is.</summary>
    private string? Fault(TokenClaims claims)
    {
        if (tokens.TimeFault(claims) is { } late) return late;
        var (ns, name, uid) = (claims.Namespace, claims.ServiceAccount, claims.ServiceAccountUid);
        if (MetadataOf(Kinds.ServiceAccounts, ns, name) is not { } account) return $"serviceaccounts {GoText.Quote(name)} not found";
        if (account.Uid != uid) return $"service account UID ({account.Uid}) does not match claim ({uid})";
        if (IsGone(account)) return $"service account {ns}/{name} has been deleted";
        if (FaultOf("secret", Kinds.Secrets, ns, claims.Secret) is { } secret) return secret;
        // A Pod's token names its node for information only; one bound to the node itself ends with it.
        return claims.Pod is null ? FaultOf("node", Kinds.Nodes, "", claims.Node) : FaultOf("pod", Kinds.Pods, ns, claims.Pod);
    }

    /// <summary>What is wrong with the object that a token is bound to.</summary>
    private string? FaultOf(string word, ResourceType type, string ns, (string Name, string Uid)? bound)
    {
        if (bound is not var (name, uid)) return null;
        if (MetadataOf(type, ns, name) is not { } found) return Invalidated;
        if (found.Uid != uid) return $"{word} UID ({found.Uid}) does not match service account {word} ref claim ({uid})";
        return IsGone(found) ? Invalidated : null;
    }

    private V1ObjectMeta? MetadataOf(ResourceType type, string ns, string name)
    {
        if (core.Find(type.Group, type.Version, type.Resource)?.Stored is not { } resource) return null;
        return resource.Get(ns, name) is { } stored ? resource.Shared(stored).Metadata : null;
    }

    private bool IsGone(V1ObjectMeta found) =>
        found.DeletionTimestamp is { } deleted && _clock.Readings().All(now => deleted + DeletionLeeway <= now.UtcDateTime);

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
