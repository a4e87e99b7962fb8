using Coxswain.ApiServer.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// Reads <c>/api/v1/namespaces/NS/pods/NAME/SUB</c> and <c>/apis/GROUP/VERSION/...</c> by upstream's rules (<c>apiserver/pkg/endpoints/request</c>).
/// Group, version and resource come out as the strings that the served resources carry; a known path costs only its names.
/// </summary>
internal sealed class RequestParser
{
    private readonly Dictionary<string, Dictionary<string, ResourceEndpoint>> _versions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, ResourceEndpoint>>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public RequestParser(IEnumerable<ResourceEndpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            var type = endpoint.ServedType;
            if (!_versions.TryGetValue(type.ApiVersion, out var resources)) _versions.Add(type.ApiVersion, resources = new(StringComparer.Ordinal));
            resources.Add(type.Resource, endpoint);
        }
        _lookup = _versions.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public RequestInfo Parse(string method, string path, RequestQuery query)
    {
        var rest = path.AsSpan().Trim('/');
        Span<Range> parts = stackalloc Range[9];
        var count = rest.Split(parts, '/');
        var apiVersion = ApiVersionOf(rest, parts[..count], out var consumed);
        if (apiVersion.IsEmpty || count <= consumed) return new RequestInfo { Verb = LowerCase(method), Path = path };

        var known = _lookup.TryGetValue(apiVersion, out var resources);
        var next = consumed;
        // The older spelling of a watch: the word stands in front of the path.
        var watches = rest[parts[next]] is "watch" && count > next + 1;
        if (watches) next++;
        var ns = "";
        if (rest[parts[next]] is "namespaces" && count > next + 1)
        {
            // The namespace is itself the object of /namespaces/NS, /namespaces/NS/status and /namespaces/NS/finalize.
            if (count > next + 2 && rest[parts[next + 2]] is not ("status" or "finalize"))
            {
                ns = rest[parts[next + 1]].ToString();
                next += 2;
            }
            else
            {
                ns = rest[parts[next + 1]].ToString();
            }
        }

        ResourceEndpoint? endpoint = null;
        if (known) resources!.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(rest[parts[next]], out endpoint);
        var name = count > next + 1 ? rest[parts[next + 1]].ToString() : "";
        var subresource = count > next + 2 ? Subresource(rest[parts[next + 2]]) : "";
        return new RequestInfo
        {
            IsResource = true,
            Verb = watches && method is "GET" or "HEAD" ? "watch" : VerbOf(method, ref name, query),
            Path = path,
            Group = endpoint?.ServedType.Group ?? GroupOf(apiVersion),
            Version = endpoint?.ServedType.Version ?? apiVersion[(apiVersion.IndexOf('/') + 1)..].ToString(),
            Resource = endpoint?.ServedType.Resource ?? rest[parts[next]].ToString(),
            Subresource = subresource,
            Namespace = ns,
            Name = name,
            IsServedVersion = known,
            Endpoint = endpoint,
            HasTail = count > next + 3,
        };
    }

    /// <summary><c>v1</c> of /api/v1, <c>apps/v1</c> of /apis/apps/v1; empty for anything else.</summary>
    private static ReadOnlySpan<char> ApiVersionOf(ReadOnlySpan<char> path, ReadOnlySpan<Range> parts, out int consumed)
    {
        consumed = 0;
        if (parts.Length > 2 && path[parts[0]] is "api")
        {
            consumed = 2;
            return path[parts[1]];
        }
        if (parts.Length <= 3 || path[parts[0]] is not "apis") return default;
        consumed = 3;
        return path[parts[1].Start..parts[2].End];
    }

    private static string GroupOf(ReadOnlySpan<char> apiVersion) => apiVersion.IndexOf('/') is > 0 and var slash ? apiVersion[..slash].ToString() : "";

    private static string VerbOf(string method, ref string name, RequestQuery query)
    {
        var verb = method switch
        {
            "POST" => "create",
            "GET" or "HEAD" => "get",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ => "",
        };
        if (name.Length > 0) return verb;
        if (verb == "delete") return "deletecollection";
        if (verb != "get") return verb;
        return query.Bool("watch") ? "watch" : "list";
    }

    private static string Subresource(ReadOnlySpan<char> text) => text switch
    {
        "status" => "status",
        "scale" => "scale",
        "binding" => "binding",
        "log" => "log",
        "exec" => "exec",
        _ => text.ToString(),
    };

    private static string LowerCase(string method) => method switch
    {
        "GET" => "get",
        "POST" => "post",
        "PUT" => "put",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => HttpMethods.IsHead(method) ? "head" : method.ToLowerInvariant(),
    };
}
