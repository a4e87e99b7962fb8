using System.Buffers;
using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Coxswain.ApiServer.Http;

/// <summary>Carries each verb on a resource from the request to its <see cref="ResourceEndpoint"/> and the answer back.</summary>
internal sealed class ResourceHandler(ApiServerCore core, ApiServerOptions options, Responses responses, NodeStreams streams, CancellationToken stopping)
{
    /// <summary>Watches that name no time end after half an hour to an hour, spread so that they do not all come back at once.</summary>
    private static readonly (int Least, int Most) WatchSeconds = (1800, 3600);

    private readonly ListResponse _lists = new(responses);
    private readonly WatchResponse _watches = new(options, core.Time);
    private readonly WatchSocket _sockets = new(options, core.Time);

    public async ValueTask HandleAsync(HttpContext http, UserInfo user, RequestInfo info, RequestQuery query)
    {
        if (info.Endpoint is not { } endpoint) throw ApiErrors.PathNotFound();
        Routes.Check(info);
        if (endpoint.Definition.Deprecation is { } deprecation) http.Response.Headers.Warning = WarningHeader.Format(deprecation); // whatever comes of the request
        if (info.Subresource is "log" or "exec" or "attach" or "portforward" && info.Resource == "pods" && info.Group.Length == 0)
        {
            await streams.HandleAsync(http, endpoint, Context(http, user, info), info.Subresource, query);
            return;
        }
        CheckName(info.Name);
        switch (info.Verb)
        {
            case "get": await GetAsync(http, endpoint, Context(http, user, info), info.Subresource, query); break;
            case "list": await ListAsync(http, endpoint, Context(http, user, info), query); break;
            case "watch": await WatchAsync(http, endpoint, Context(http, user, info), query); break;
            case "create": await WriteAsync(http, endpoint, user, info, query, "CreateOptions"); break;
            case "update": await WriteAsync(http, endpoint, user, info, query, "UpdateOptions"); break;
            case "patch": await PatchAsync(http, endpoint, user, info, query); break;
            default: await DeleteAsync(http, endpoint, user, info, query); break;
        }
    }

    /// <summary>Names that cannot be a segment of a path: decoded from one, they must not become part of another.</summary>
    private static void CheckName(string name)
    {
        var fault = name switch
        {
            "." or ".." => $"may not be '{name}'",
            _ when name.Contains('/') => "may not contain '/'",
            _ when name.Contains('%') => "may not contain '%'",
            _ => null,
        };
        if (fault is not null) throw ApiErrors.BadRequest($"Name parameter invalid: {GoText.Quote(name)}: {fault}");
    }

    private ValueTask GetAsync(HttpContext http, ResourceEndpoint endpoint, RequestContext context, string subresource, RequestQuery query)
    {
        var accepted = Accepted.Of(http.Request.Headers.Accept).DemandObject(endpoint, subresource);
        return AnswerAsync(http, accepted, endpoint, endpoint.Get(context, subresource, query.Get("resourceVersion") ?? ""), query);
    }

    private async ValueTask WriteAsync(HttpContext http, ResourceEndpoint endpoint, UserInfo user, RequestInfo info, RequestQuery query, string kind)
    {
        // Whether the answer can be sent is found out before anything is written.
        var accepted = Accepted.Of(http.Request.Headers.Accept).DemandObject(endpoint, info.Subresource);
        BodyFormat.Check(http.Request.ContentType);
        using var sent = await RequestBody.ReadAsync(http.Request, options.MaxBodyBytes, http.RequestAborted);
        var context = Context(http, user, info, QueryOptions.Write(query, kind));
        var body = BodyFormat.Read(http.Request.ContentType, sent.Json, Subresources.KindOf(endpoint, info.Subresource).Kind, http.RequestAborted);
        var answer = await WarnedAsync(http, context, () => kind == "CreateOptions"
            ? endpoint.CreateAsync(context, body, info.Subresource)
            : endpoint.UpdateAsync(context, body, info.Subresource));
        await AnswerAsync(http, accepted, endpoint, answer, query);
    }

    private async ValueTask PatchAsync(HttpContext http, ResourceEndpoint endpoint, UserInfo user, RequestInfo info, RequestQuery query)
    {
        var type = BodyFormat.PatchTypeOf(http.Request.ContentType);
        var accepted = Accepted.Of(http.Request.Headers.Accept).DemandObject(endpoint, info.Subresource);
        using var body = await RequestBody.ReadAsync(http.Request, options.MaxBodyBytes, http.RequestAborted);
        var context = Context(http, user, info, QueryOptions.Write(query, "PatchOptions"));
        var patch = new Patch(type, body.Json);
        var answer = await WarnedAsync(http, context, () => endpoint.PatchAsync(context, patch, info.Subresource));
        await AnswerAsync(http, accepted, endpoint, answer, query);
    }

    private async ValueTask DeleteAsync(HttpContext http, ResourceEndpoint endpoint, UserInfo user, RequestInfo info, RequestQuery query)
    {
        var accepted = Accepted.Of(http.Request.Headers.Accept);
        if (info.Verb == "delete") accepted.DemandObject(endpoint, "");
        else accepted.DemandList(endpoint);
        using var body = await RequestBody.ReadAsync(http.Request, options.MaxBodyBytes, http.RequestAborted);
        var json = body.Json.Length == 0 ? body.Json : BodyFormat.ReadOptions(http.Request.ContentType, body.Json, http.RequestAborted);
        var delete = QueryOptions.Delete(query, json);
        var context = Context(http, user, info, (delete.DryRun is { Count: > 0 }, FieldValidation.Ignore, ""));
        if (info.Verb == "delete")
        {
            var answer = await WarnedAsync(http, context, () => endpoint.DeleteAsync(context, delete));
            await AnswerAsync(http, accepted, endpoint, answer, query);
            return;
        }
        var deleted = await WarnedAsync(http, context, () => endpoint.DeleteCollectionAsync(context, QueryOptions.List(query), delete));
        await SendAsync(http, accepted, endpoint, deleted, query);
    }

    private async ValueTask ListAsync(HttpContext http, ResourceEndpoint endpoint, RequestContext context, RequestQuery query)
    {
        var accepted = Accepted.Of(http.Request.Headers.Accept);
        accepted.DemandList(endpoint);
        await SendAsync(http, accepted, endpoint, endpoint.List(context, QueryOptions.List(query)), query);
    }

    private async ValueTask SendAsync(HttpContext http, Accepted accepted, ResourceEndpoint endpoint, ListAnswer list, RequestQuery query)
    {
        switch (accepted.Shape)
        {
            case AnswerShape.Table: await TableAsync(http, accepted, endpoint, list, QueryOptions.IncludeObject(query)); break;
            case AnswerShape.PartialMetadataList: await PartialListAsync(http, accepted, endpoint, list); break;
            default: await _lists.WriteAsync(http, accepted, endpoint, list); break;
        }
    }

    private async ValueTask WatchAsync(HttpContext http, ResourceEndpoint endpoint, RequestContext context, RequestQuery query)
    {
        var accepted = Accepted.Of(http.Request.Headers.Accept);
        var list = QueryOptions.List(query);
        if (context.Name.Length > 0) list = list with { FieldSelector = $"metadata.name={context.Name}" };
        var seconds = list.TimeoutSeconds is > 0 and var asked ? asked : Random.Shared.Next(WatchSeconds.Least, WatchSeconds.Most);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue / 1000)), core.Time);
        using var lifetime = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping, timeout.Token);
        using var watch = endpoint.Watch(context with { Cancelled = lifetime.Token }, list);
        accepted.DemandStream();
        var include = QueryOptions.IncludeObject(query);
        if (WebSocketUpgrade.IsWanted(http.Request)) await _sockets.WriteAsync(http, accepted, endpoint, watch, include, lifetime.Token);
        else await _watches.WriteAsync(http, accepted, endpoint, watch, include, lifetime.Token);
    }

    private async ValueTask AnswerAsync(HttpContext http, Accepted accepted, ResourceEndpoint endpoint, Answer answer, RequestQuery query)
    {
        if (accepted.Shape == AnswerShape.Object || answer.IsStatus || answer.Stored is null && answer.Value is null)
        {
            await responses.JsonAsync(http, answer.Code, accepted.ContentType, answer.Json);
            return;
        }
        var buffer = new ArrayBufferWriter<byte>(answer.Json.Length + 256);
        if (accepted.Shape == AnswerShape.Table) WriteTable(buffer, accepted, endpoint, answer, QueryOptions.IncludeObject(query));
        else ObjectMetadata.WritePartial(buffer, answer.Json.Span, accepted.Version);
        await responses.JsonAsync(http, answer.Code, accepted.ContentType, buffer.WrittenMemory);
    }

    private void WriteTable(IBufferWriter<byte> output, Accepted accepted, ResourceEndpoint endpoint, Answer answer, IncludeObject include)
    {
        var value = endpoint.ObjectOf(answer);
        using var table = new TableWriter(output, endpoint, include, accepted.Version, core.Time.GetUtcNow().UtcDateTime, value);
        table.Begin(Encoding.UTF8.GetBytes(value.Metadata.ResourceVersion is { } version ? $"{{\"resourceVersion\":\"{version}\"}}" : "{}"));
        table.Row(value, answer.Json);
        table.End();
    }

    private async ValueTask TableAsync(HttpContext http, Accepted accepted, ResourceEndpoint endpoint, ListAnswer list, IncludeObject include)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using (var table = new TableWriter(buffer, endpoint, include, accepted.Version, core.Time.GetUtcNow().UtcDateTime))
        {
            table.Begin(list.MetadataJson());
            foreach (var stored in list.Items) table.Row(stored, endpoint.JsonOf(stored));
            table.End();
        }
        await responses.JsonAsync(http, 200, accepted.ContentType, buffer.WrittenMemory);
    }

    private async ValueTask PartialListAsync(HttpContext http, Accepted accepted, ResourceEndpoint endpoint, ListAnswer list)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        buffer.Write(Encoding.ASCII.GetBytes($"{{\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/{accepted.Version}\",\"metadata\":"));
        buffer.Write(list.MetadataJson());
        buffer.Write(",\"items\":["u8);
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (i > 0) buffer.Write(","u8);
            ObjectMetadata.WritePartial(buffer, endpoint.JsonOf(list.Items[i]).Span, accepted.Version);
        }
        buffer.Write("]}"u8);
        await responses.JsonAsync(http, 200, accepted.ContentType, buffer.WrittenMemory);
    }

    private static RequestContext Context(HttpContext http, UserInfo user, RequestInfo info, (bool DryRun, FieldValidation Validation, string Manager) write = default) => new()
    {
        User = user,
        Namespace = info.Endpoint!.ServedType.Namespaced ? info.Namespace : "", // the path of a Namespace names it twice
        Name = info.Name,
        DryRun = write.DryRun,
        FieldValidation = write.Validation,
        FieldManager = write.Manager is { Length: > 0 } manager ? manager : "",
        Cancelled = http.RequestAborted,
    };

    /// <summary>Runs a request and tells what it warned of, each text once as <c>299 - "text"</c>, also when it was refused after that.</summary>
    private static async ValueTask<T> WarnedAsync<T>(HttpContext http, RequestContext context, Func<ValueTask<T>> run)
    {
        try
        {
            return await run();
        }
        finally
        {
            if (context.Warnings.Count > 0) http.Response.Headers.Warning = StringValues.Concat(http.Response.Headers.Warning, WarningHeader.Format(context.Warnings));
        }
    }
}
