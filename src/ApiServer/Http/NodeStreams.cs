using System.Globalization;
using Coxswain.Api;
using Coxswain.ApiServer.Nodes;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Client;
using k8s.Models;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary><c>pods/log</c> and <c>pods/exec</c>: finds the Pod, its container and its node, and puts the two ends together.</summary>
/// <param name="connectors">The way to a node by its name; null when there is none.</param>
internal sealed class NodeStreams(Func<string, INodeConnector?> connectors, TimeProvider time, CancellationToken stopping)
{
    public async ValueTask HandleAsync(HttpContext http, ResourceEndpoint pods, RequestContext context, string subresource, RequestQuery query)
    {
        var pod = (V1Pod)pods.ObjectOf(pods.Get(context));
        using var lifetime = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        try
        {
            if (subresource == "log") await LogAsync(http, pod, query, lifetime.Token);
            else await ExecAsync(http, pod, query, lifetime.Token);
        }
        catch (OperationCanceledException) when (lifetime.IsCancellationRequested)
        {
            // The caller has gone, or the server stops.
        }
    }

    private async Task LogAsync(HttpContext http, V1Pod pod, RequestQuery query, CancellationToken ct)
    {
        var asked = LogOptionsOf(query, pod.Metadata.Name);
        var container = PodContainers.Choose(pod, query.Get("container") ?? "");
        http.Response.ContentType = "text/plain";
        if (string.IsNullOrEmpty(pod.Spec.NodeName)) return; // nothing runs yet: an empty log
        PodContainers.DemandLog(pod, container, asked.Previous);
        await using var output = new FlushingStream(http.Response.BodyWriter, asked.Follow);
        if (asked.Follow) await http.Response.StartAsync(ct);
        await ConnectorFor(pod).WriteLogAsync(pod, container, asked, output, ct);
    }

    private async Task ExecAsync(HttpContext http, V1Pod pod, RequestQuery query, CancellationToken ct)
    {
        var asked = ExecQueryOf(query);
        var container = PodContainers.Choose(pod, query.Get("container") ?? "");
        if (string.IsNullOrEmpty(pod.Spec.NodeName)) throw ApiErrors.BadRequest($"pod {pod.Metadata.Name} does not have a host assigned");
        if (pod.Status?.Phase is "Succeeded" or "Failed") throw ApiErrors.BadRequest($"cannot exec into a container in a completed pod; current phase is {pod.Status.Phase}");
        var connector = ConnectorFor(pod);
        await using var socket = await ExecSocket.AcceptAsync(http, asked, ct);
        await socket.RunAsync((streams, token) => connector.ExecAsync(pod, container, asked.Command, streams, token), ct);
    }

    private INodeConnector ConnectorFor(V1Pod pod) =>
        connectors(pod.Spec.NodeName) ?? throw ApiErrors.Internal($"no way to node \"{pod.Spec.NodeName}\"");

    private LogOptions LogOptionsOf(RequestQuery query, string pod)
    {
        var errors = new FieldErrors();
        var tail = AtLeast(query, "tailLines", 0, errors);
        var limit = AtLeast(query, "limitBytes", 1, errors);
        var sinceSeconds = AtLeast(query, "sinceSeconds", 1, errors);
        var sinceTime = query.Get("sinceTime");
        if (sinceSeconds is not null && sinceTime is not null) errors.Forbidden(FieldPath.Root("sinceSeconds"), "at most one of `sinceTime` or `sinceSeconds` may be specified");
        var stream = query.Get("stream") ?? "All";
        if (stream is not ("All" or "Stdout" or "Stderr")) errors.NotSupported(FieldPath.Root("stream"), stream, "All", "Stderr", "Stdout");
        else if (stream != "All" && tail is not null) errors.Forbidden(FieldPath.Root(""), "`tailLines` and specific `stream` are mutually exclusive for now");
        if (errors.Count > 0) throw ApiErrors.Invalid(new GroupVersionKind("", "v1", "PodLogOptions"), pod, errors);
        return new LogOptions
        {
            Follow = query.Bool("follow"),
            Previous = query.Bool("previous"),
            Timestamps = query.Bool("timestamps"),
            TailLines = tail,
            LimitBytes = limit,
            Since = sinceSeconds is { } seconds ? new DateTimeOffset(time.GetUtcNow().UtcDateTime.PlusSeconds(-seconds)) : Time(sinceTime),
            Stream = stream,
        };
    }

    private static long? AtLeast(RequestQuery query, string name, long least, FieldErrors errors)
    {
        var value = query.Integer(name);
        if (value < least) errors.Invalid(FieldPath.Root(name), value, least == 0 ? "must be greater than or equal to 0" : "must be greater than 0");
        return value;
    }

    private static DateTimeOffset? Time(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)) return parsed;
        throw ApiErrors.BadRequest($"parsing time {GoText.Quote(text)} as \"2006-01-02T15:04:05Z07:00\": cannot parse {GoText.Quote(text)} as \"2006\"");
    }

    private static ExecQuery ExecQueryOf(RequestQuery query)
    {
        var asked = new ExecQuery(query.All("command"), query.Bool("stdin"), query.OptionalBool("stdout") ?? false, query.OptionalBool("stderr") ?? false, query.Bool("tty"));
        if (asked.Command.Count == 0) throw ApiErrors.BadRequest("you must specify at least 1 command for the container");
        if (!asked.Stdin && !asked.Stdout && !asked.Stderr) throw ApiErrors.BadRequest("you must specify at least 1 of stdin, stdout, stderr");
        return asked.Tty ? asked with { Stderr = false } : asked; // a terminal has one output
    }
}
