using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Http;

/// <summary>What a request asks for, read off its path and method: the words that authorization and routing go by.</summary>
internal sealed record RequestInfo
{
    /// <summary>False for paths such as <c>/version</c>: only <see cref="Path"/> and <see cref="Verb"/> count then.</summary>
    public bool IsResource { get; init; }
    /// <summary>get, list, watch, create, update, patch, delete, deletecollection; for other paths the method in lower case.</summary>
    public required string Verb { get; init; }
    public required string Path { get; init; }
    public string Group { get; init; } = "";
    public string Version { get; init; } = "";
    public string Resource { get; init; } = "";
    public string Subresource { get; init; } = "";
    public string Namespace { get; init; } = "";
    public string Name { get; init; } = "";
    /// <summary>Runs until the caller or the server ends it: no deadline, and no place among the requests in flight.</summary>
    public bool IsLongRunning => Verb == "watch" || (IsResource && Subresource is "log" or "exec" or "attach" or "portforward" or "proxy");
    /// <summary>Whether the group and version exist at all, whatever the resource.</summary>
    public bool IsServedVersion { get; init; }
    /// <summary>Null when the resource is not served.</summary>
    public ResourceEndpoint? Endpoint { get; init; }
    /// <summary>More path segments than any resource has.</summary>
    public bool HasTail { get; init; }
}
