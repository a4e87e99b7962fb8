using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Turns a request's body into an object.</summary>
internal static class RequestDecoder
{
    public static IKubernetesObject<V1ObjectMeta> Decode(ResourceType type, ObjectBody body, RequestContext context) =>
        StrictDecoder.Decode(type, body.Json.Span, context.FieldValidation, context.Warnings, body.Sent.Span);

    /// <summary>For bodies that are no resource of their own.</summary>
    public static T Decode<T>(GroupVersionKind kind, ObjectBody body, RequestContext context) where T : class =>
        body.Value as T ?? StrictDecoder.Decode<T>(kind, body.Json.Span, context.FieldValidation, context.Warnings, body.Sent.Span);
}
