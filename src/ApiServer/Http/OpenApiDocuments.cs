using Coxswain.ApiServer.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

internal sealed class OpenApiDocuments(IReadOnlyCollection<ResourceEndpoint> endpoints)
{
    public ValueTask AnswerAsync(HttpContext http, string path, RequestQuery query, Responses responses)
    {
        _ = (endpoints, path, query, responses);
        Responses.PathNotFound(http);
        return ValueTask.CompletedTask;
    }
}
