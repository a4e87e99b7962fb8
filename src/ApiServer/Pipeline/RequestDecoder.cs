using System.Text.Json;
using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Turns a request's body into an object of the endpoint's served type.</summary>
internal static class RequestDecoder
{
    public static IKubernetesObject<V1ObjectMeta> Decode(ResourceType type, ReadOnlyMemory<byte> json, RequestContext context)
    {
        var value = DecodeLenient(type, json);
        value.Metadata ??= new V1ObjectMeta();
        return value;
    }

    private static IKubernetesObject<V1ObjectMeta> DecodeLenient(ResourceType type, ReadOnlyMemory<byte> json)
    {
        try { return type.DecodeObject(json.Span); }
        catch (JsonException e)
        {
            throw ApiErrors.BadRequest($"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: {e.Message}");
        }
    }
}
