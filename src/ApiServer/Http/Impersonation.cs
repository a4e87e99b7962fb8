using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>Lets whoever may do so act as somebody else (<c>kubectl --as</c>): the request is then authorised and carried out as theirs.</summary>
internal static class Impersonation
{
    private const string User = "Impersonate-User", Group = "Impersonate-Group", Uid = "Impersonate-Uid", ExtraPrefix = "Impersonate-Extra-";
    private const string Authentication = "authentication.k8s.io";
    private const string Unauthenticated = "system:unauthenticated";

    /// <summary>Who the request is by: the caller, or the one that its headers name.</summary>
    /// <exception cref="StatusException">403: not for this caller. 400: groups or the like without a user.</exception>
    public static UserInfo Of(HttpRequest request, UserInfo caller, Authorizer authorizer)
    {
        var headers = request.Headers;
        var (name, uid) = (headers[User].ToString(), headers[Uid].ToString());
        var groups = headers[Group].Where(g => g is not null).Cast<string>().ToList();
        var extra = ExtraOf(headers);
        if (name.Length == 0)
        {
            if (groups.Count == 0 && uid.Length == 0 && extra.Count == 0) return caller; // as nearly always
            throw ApiErrors.BadRequest($"requested {Shown(uid, groups, extra)} without impersonating a user name");
        }
        void Demand(string group, string resource, string subresource, string ns, string what) =>
            authorizer.Demand(caller, new AccessRequest("impersonate", group, resource, subresource, ns, what));

        if (ServiceAccountOf(name) is { } account)
        {
            Demand("", "serviceaccounts", "", account.Namespace, account.Name);
            if (groups.Count == 0) groups.AddRange(["system:serviceaccounts", $"system:serviceaccounts:{account.Namespace}"]);
        }
        else
        {
            Demand("", "users", "", "", name);
        }
        foreach (var group in headers[Group]) Demand("", "groups", "", "", group ?? "");
        foreach (var (key, values) in extra)
        {
            foreach (var value in values) Demand(Authentication, "userextras", key, "", value);
        }
        if (uid.Length > 0) Demand(Authentication, "uids", "", "", uid);
        if (!groups.Contains(UserInfo.Authenticated) && !groups.Contains(Unauthenticated)) groups.Add(name == UserInfo.Anonymous.Name ? Unauthenticated : UserInfo.Authenticated);
        return new UserInfo(name, groups, uid) { Extra = extra };
    }

    /// <summary>As upstream's message shows its own type.</summary>
    private static string Shown(string uid, IReadOnlyList<string> groups, Dictionary<string, IReadOnlyList<string>> extra)
    {
        static string List(IReadOnlyList<string> values) => values.Count == 0 ? "[]string(nil)" : $"[]string{{{string.Join(", ", values.Select(GoText.Quote))}}}";
        var map = extra.Count == 0 ? "(nil)" : $"{{{string.Join(", ", extra.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{GoText.Quote(e.Key)}:{List(e.Value)}"))}}}";
        return $"&user.DefaultInfo{{Name:\"\", UID:{GoText.Quote(uid)}, Groups:{List(groups)}, Extra:map[string][]string{map}}}";
    }

    /// <summary>Keys come in the headers' names: in lower case, and escaped as in a URL.</summary>
    private static Dictionary<string, IReadOnlyList<string>> ExtraOf(IHeaderDictionary headers)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (header, values) in headers)
        {
            if (!header.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            extra[Uri.UnescapeDataString(header[ExtraPrefix.Length..].ToLowerInvariant())] = [.. values.Where(v => v is not null).Cast<string>()];
        }
        return extra;
    }

    /// <summary>Null for a user that is none.</summary>
    private static NamespacedName? ServiceAccountOf(string user)
    {
        if (!user.StartsWith(UserInfo.ServiceAccountPrefix, StringComparison.Ordinal)) return null;
        var parts = user[UserInfo.ServiceAccountPrefix.Length..].Split(':');
        return parts is [{ Length: > 0 } ns, { Length: > 0 } name] ? new NamespacedName(ns, name) : null;
    }
}
