using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>What a write brings: JSON from outside, or an object from this process (which belongs to the server from then on).</summary>
public readonly record struct ObjectBody
{
    private ObjectBody(ReadOnlyMemory<byte> json, IKubernetesObject<V1ObjectMeta>? value) => (Json, Value) = (json, value);

    public ReadOnlyMemory<byte> Json { get; }
    /// <summary>Null when the body is <see cref="Json"/>.</summary>
    public IKubernetesObject<V1ObjectMeta>? Value { get; }

    public static ObjectBody Of(ReadOnlyMemory<byte> json) => new(json, null);
    public static ObjectBody Of(IKubernetesObject<V1ObjectMeta> value) => new(default, value);
}
