using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Turns a request's body into an object.</summary>
internal static class RequestDecoder
{
    public static IKubernetesObject<V1ObjectMeta> Decode(ResourceType type, ReadOnlyMemory<byte> json, RequestContext context) =>
        StrictDecoder.Decode(type, json.Span, context.FieldValidation, context.Warnings);

    /// <summary>For bodies that are no resource of their own.</summary>
    public static T Decode<T>(GroupVersionKind kind, ObjectBody body, RequestContext context) where T : class =>
        body.Value as T ?? StrictDecoder.Decode<T>(kind, body.Json.Span, context.FieldValidation, context.Warnings);
}
