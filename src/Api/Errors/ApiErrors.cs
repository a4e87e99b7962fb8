using k8s.Models;

namespace Coxswain.Api;

/// <summary>One factory for each way a request can fail; code, reason and text as upstream's <c>apimachinery/pkg/api/errors</c> documents them.</summary>
public static class ApiErrors
{
    public static StatusException NotFound(ResourceType type, string name) => NotFound(type.GroupVersionResource, name);

    public static StatusException NotFound(GroupVersionResource resource, string name) =>
        New(404, "NotFound", $"{resource.GroupResource} \"{name}\" not found", Details(resource, name));

    /// <summary>No such path at all, as opposed to no such object.</summary>
    public static StatusException PathNotFound() => New(404, "NotFound", "the server could not find the requested resource", new V1StatusDetails());

    public static StatusException AlreadyExists(ResourceType type, string name) =>
        New(409, "AlreadyExists", $"{type.GroupResource} \"{name}\" already exists", Details(type.GroupVersionResource, name));

    public static StatusException Conflict(ResourceType type, string name, string why) =>
        New(409, "Conflict", $"Operation cannot be fulfilled on {type.GroupResource} \"{name}\": {why}", Details(type.GroupVersionResource, name));

    /// <summary>A conflict that names the kind where others name the resource.</summary>
    public static StatusException Conflict(GroupVersionKind kind, string name, string why)
    {
        var resource = new GroupVersionResource(kind.Group, kind.Version, kind.Kind);
        return New(409, "Conflict", $"Operation cannot be fulfilled on {resource.GroupResource} \"{name}\": {why}", Details(resource, name));
    }

    /// <summary>The resourceVersion that the caller sent is not the newest.</summary>
    public static StatusException Modified(ResourceType type, string name) =>
        Conflict(type, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static StatusException BadRequest(string message) => New(400, "BadRequest", message, null);

    /// <summary>A request's body could not be read to its end.</summary>
    /// <param name="code">400, or 408 when it came too slowly.</param>
    public static StatusException BadBody(int code, string message) => New(code, code == 408 ? "Timeout" : "BadRequest", message, null);

    public static StatusException Unauthorized() => New(401, "Unauthorized", "Unauthorized", null);

    public static StatusException Forbidden(GroupVersionResource resource, string name, string why) =>
        New(403, "Forbidden", name.Length == 0 ? $"{resource.GroupResource} is forbidden: {why}" : $"{resource.GroupResource} \"{name}\" is forbidden: {why}", Details(resource, name));

    /// <summary>A path that is no resource: <c>forbidden: User "x" cannot get path "/y"</c>.</summary>
    public static StatusException ForbiddenPath(string why) => New(403, "Forbidden", $"forbidden: {why}", new V1StatusDetails());

    /// <summary>The path exists but does not take this HTTP method.</summary>
    public static StatusException MethodNotAllowed() =>
        New(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", new V1StatusDetails());

    public static StatusException NotAcceptable(string accepted) =>
        New(406, "NotAcceptable", $"only the following media types are accepted: {accepted}", null);

    /// <summary>The media type would do, but not for what is to be sent in it.</summary>
    public static StatusException NotAcceptableShape(string message) => New(406, "NotAcceptable", message, null);

    public static StatusException UnsupportedMediaType(string accepted) =>
        New(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {accepted}", null);

    public static StatusException TooLarge(string message) => New(413, "RequestEntityTooLarge", message, null);

    /// <summary>The revision a watch or a continued list asks for is no longer held.</summary>
    public static StatusException Expired(string message) => New(410, "Expired", message, null);

    public static StatusException Invalid(GroupVersionKind kind, string name, IReadOnlyList<FieldError> errors)
    {
        var text = errors.Count switch
        {
            0 => "<nil>",
            1 => errors[0].ToString(),
            _ => $"[{string.Join(", ", errors.Select(e => e.ToString()).Distinct())}]",
        };
        var details = new V1StatusDetails
        {
            Group = kind.Group.Length == 0 ? null : kind.Group,
            Kind = kind.Kind.Length == 0 ? null : kind.Kind,
            Name = name.Length == 0 ? null : name,
            Causes = [.. errors.Select(e => new V1StatusCause { Reason = e.CauseReason, Message = e.Detail, Field = e.Field })],
        };
        var target = kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";
        return New(422, "Invalid", $"{target} \"{name}\" is invalid: {text}", details);
    }

    public static StatusException Timeout(string message) => New(504, "Timeout", $"Timeout: {message}", null);

    public static StatusException TooManyRequests(string message, int retryAfterSeconds) =>
        New(429, "TooManyRequests", message, new V1StatusDetails { RetryAfterSeconds = retryAfterSeconds });

    public static StatusException ServiceUnavailable(string message) => New(503, "ServiceUnavailable", message, null);

    /// <summary>Upstream has no reason for it: 500 and the bare text.</summary>
    public static StatusException Unknown(string message) => New(500, "", message, null);

    /// <summary>The object is too large for the store. Upstream hands on what its store says, and so 500.</summary>
    public static StatusException StoreTooLarge() => Unknown("etcdserver: request is too large");

    public static StatusException Internal(string message) =>
        New(500, "InternalError", $"Internal error occurred: {message}", new V1StatusDetails { Causes = [new V1StatusCause { Message = message }] });

    private static V1StatusDetails Details(GroupVersionResource resource, string name) => new()
    {
        Group = resource.Group.Length == 0 ? null : resource.Group,
        Kind = resource.Resource,
        Name = name.Length == 0 ? null : name,
    };

    private static StatusException New(int code, string reason, string message, V1StatusDetails? details) => new(new V1Status
    {
        ApiVersion = "v1",
        Kind = "Status",
        Metadata = new V1ListMeta(),
        Status = "Failure",
        Message = message,
        Reason = reason,
        Details = details,
        Code = code,
    });
}
