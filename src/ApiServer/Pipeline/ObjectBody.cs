using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>What a write brings: JSON from outside, or an object from this process (which belongs to the server from then on).</summary>
public readonly record struct ObjectBody
{
    private ObjectBody(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> sent, IKubernetesObject<V1ObjectMeta>? value) => (Json, Sent, Value) = (json, sent, value);

    public ReadOnlyMemory<byte> Json { get; }
    /// <summary>What <see cref="Json"/> was made from; empty when it came as it is.</summary>
    public ReadOnlyMemory<byte> Sent { get; }
    /// <summary>Null when the body is <see cref="Json"/>.</summary>
    public IKubernetesObject<V1ObjectMeta>? Value { get; }

    public static ObjectBody Of(ReadOnlyMemory<byte> json) => new(json, default, null);
    /// <param name="sent">YAML or protobuf, for messages to show.</param>
    public static ObjectBody Of(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> sent) => new(json, sent, null);
    public static ObjectBody Of(IKubernetesObject<V1ObjectMeta> value) => new(default, default, value);
}
