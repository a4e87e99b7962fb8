using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// Every request comes through here: (1) headers of every answer, (2) parse, (3) deadline, (4) authenticate, (5) limit of requests in flight,
/// (6) authorize, (7) serve. Whatever goes wrong becomes a Status and stays in this request.
/// </summary>
internal sealed partial class ApiHandler(
    RequestParser parser, Callers callers, Authorizer authorizer, ResourceHandler resources, PathHandler paths, Responses responses,
    ApiServerOptions options, ILogger logger)
{
    private readonly InFlightLimits _inFlight = new(options.MaxRequestsInFlight, options.MaxMutatingRequestsInFlight);

    public async Task HandleAsync(HttpContext http)
    {
        var deadline = RequestDeadline.Of(http);
        try
        {
            await ServeAsync(http, deadline);
        }
        catch (StatusException e)
        {
            await FailAsync(http, e);
        }
        catch (Exception) when (deadline is { HasExpired: true })
        {
            await ExpireAsync(http, deadline);
        }
        catch (Exception e) when (e is CallerGoneException || http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: nobody to answer.
        }
        catch (BadHttpRequestException e)
        {
            // The body broke off or makes no sense as HTTP. Without an answer of ours this would look like a success.
            await FailAsync(http, ApiErrors.BadBody(e.StatusCode, e.Message));
        }
        catch (Exception e) // boundary: one bad request must not stop the others
        {
            LogRequestFailed(e, http.Request.Method, http.Request.Path.Value ?? "");
            await FailAsync(http, ApiErrors.Internal("this request made the server fail; its log says why"));
        }
        finally
        {
            deadline?.End();
        }
    }

    private async ValueTask ServeAsync(HttpContext http, RequestDeadline? deadline)
    {
        var request = http.Request;
        // (1)
        var headers = http.Response.Headers;
        headers["Audit-Id"] = request.Headers.TryGetValue("Audit-Id", out var given) && given.Count == 1 ? given : Guid.NewGuid().ToString();
        headers.CacheControl = "no-cache, private";
        // (2)
        if (RequestPath.Of(http) is not { } path)
        {
            Responses.Text(http, 400, "400 Bad Request");
            return;
        }
        var query = new RequestQuery(request.QueryString.Value);
        var info = parser.Parse(request.Method, path, query);
        // (3)
        if (!info.IsLongRunning) deadline?.Start(http, RequestTimeout.Of(query, options.RequestTimeout));
        if (!options.OpenWhen.IsCompletedSuccessfully) await options.OpenWhen.WaitAsync(http.RequestAborted);
        // (4)
        var user = callers.Of(http);
        if (user is null && !Authorizer.IsPublic(path)) throw ApiErrors.Unauthorized();
        if (user is not null) user = Impersonation.Of(request, user, authorizer);
        // (5)
        if (_inFlight.Enter(info, user) is not { } room)
        {
            Responses.TooManyRequests(http);
            return;
        }
        try
        {
            // (6)
            authorizer.Demand(user ?? UserInfo.Anonymous, info.IsResource ? AccessOf(info, query) : AccessRequest.ForPath(info.Verb, path));
            // (7)
            if (info.IsResource && info.IsServedVersion) await resources.HandleAsync(http, user!, info, query);
            else await paths.HandleAsync(http, path, query);
        }
        finally
        {
            room.Leave();
        }
    }

    /// <summary>The field selector is part of the question: a caller who may not list all objects may list those that it leaves.</summary>
    private static AccessRequest AccessOf(RequestInfo info, RequestQuery query)
    {
        var fields = info.Verb is "list" or "watch" or "deletecollection" ? query.Get("fieldSelector") : null;
        var name = info.Name.Length == 0 ? AccessRequest.SelectedName(fields) : info.Name;
        return new AccessRequest(info.Verb, info.Group, info.Resource, info.Subresource, info.Namespace, name) { FieldSelector = fields };
    }

    private async Task FailAsync(HttpContext http, StatusException e)
    {
        if (http.Response.HasStarted) http.Abort(); // too late for a Status: a broken stream is the only honest sign
        else await responses.StatusAsync(http, e);
    }

    private async Task ExpireAsync(HttpContext http, RequestDeadline deadline)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }
        // The rest of the body may never come, so the connection cannot be used again.
        if (HttpProtocol.IsHttp11(http.Request.Protocol)) http.Response.Headers.Connection = "close";
        if (deadline.BodyWasSlow) await responses.StatusAsync(http, ApiErrors.BadBody(StatusCodes.Status408RequestTimeout, SlowBody));
        else Responses.TimedOut(http);
    }

    private static readonly string SlowBody =
        $"the request's body came too slowly: at least {ApiServerOptions.LeastBodyBytesPerSecond} bytes a second are needed";

    [LoggerMessage(EventId = 1201, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogRequestFailed(Exception e, string method, string path);
}
