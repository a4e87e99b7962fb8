using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using k8s;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>The identity of one served resource: what clients and the server must agree on. Behaviour (defaults, validation, columns) is the server's.</summary>
public abstract class ResourceType
{
    /// <summary>Empty for the core group.</summary>
    public required string Group { get; init; }
    public required string Version { get; init; }
    /// <summary>Plural, lower case, as in the path: <c>pods</c>.</summary>
    public required string Resource { get; init; }
    public required string Kind { get; init; }
    public required bool Namespaced { get; init; }
    public string Singular => Kind.ToLowerInvariant();
    public IReadOnlyList<string> ShortNames { get; init; } = [];
    public IReadOnlyList<string> Categories { get; init; } = [];

    public string ApiVersion => GroupVersion.Format(Group, Version);
    public GroupVersionKind GroupVersionKind => new(Group, Version, Kind);
    public GroupVersionResource GroupVersionResource => new(Group, Version, Resource);
    /// <summary><c>deployments.apps</c>: how messages name the resource.</summary>
    public string GroupResource => GroupVersionResource.GroupResource;

    public abstract Type ClrType { get; }
    public abstract JsonTypeInfo TypeInfo { get; }

    /// <summary>What an object of this kind may be.</summary>
    public Schema Schema => field ??= Schemas.Find(GroupVersionKind) ?? Schemas.Of(ClrType)!;

    /// <summary>Decodes stored, canonical bytes. Requests from outside go through <see cref="StrictDecoder"/> instead.</summary>
    public abstract IKubernetesObject<V1ObjectMeta> DecodeObject(ReadOnlySpan<byte> json);
    /// <summary>Canonical UTF-8 JSON: fields that Kubernetes omits when empty are omitted, fields that it always writes are written.</summary>
    public abstract byte[] EncodeObject(IKubernetesObject<V1ObjectMeta> value);

    /// <summary>Calls the visitor with the typed resource: for code that walks over all kinds yet needs typed calls.</summary>
    public abstract TResult Accept<TResult>(IResourceTypeVisitor<TResult> visitor);

    /// <summary>An empty object with <c>apiVersion</c>, <c>kind</c> and <c>metadata</c>.</summary>
    public abstract IKubernetesObject<V1ObjectMeta> NewObject();

    /// <summary>The path of a collection or an object: <c>/apis/apps/v1/namespaces/ns/deployments/name/sub</c>.</summary>
    public string Path(string? ns = null, string? name = null, string? subresource = null)
    {
        var path = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        if (Namespaced && !string.IsNullOrEmpty(ns)) path += $"/namespaces/{Uri.EscapeDataString(ns)}";
        path += $"/{Resource}";
        if (name is not null) path += $"/{Uri.EscapeDataString(name)}";
        return subresource is null ? path : $"{path}/{subresource}";
    }

    public override string ToString() => GroupVersionResource.ToString();
}

/// <inheritdoc/>
public sealed class ResourceType<T> : ResourceType where T : class, IKubernetesObject<V1ObjectMeta>, new()
{
    public override Type ClrType => typeof(T);
    public override JsonTypeInfo<T> TypeInfo => field ??= KubeJson.TypeInfo<T>();

    public T Decode(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, TypeInfo) ?? throw new JsonException("null is no object");
    public byte[] Encode(T value) => JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo);
    /// <summary>A deep copy, for callers that want to change what a cache returned.</summary>
    public T Clone(T value) => Decode(Encode(value));

    public override IKubernetesObject<V1ObjectMeta> DecodeObject(ReadOnlySpan<byte> json) => Decode(json);
    public override byte[] EncodeObject(IKubernetesObject<V1ObjectMeta> value) => Encode((T)value);

    public override TResult Accept<TResult>(IResourceTypeVisitor<TResult> visitor) => visitor.Visit(this);

    public override IKubernetesObject<V1ObjectMeta> NewObject() => New(null, null);

    /// <summary>A new object of this type with <c>apiVersion</c>, <c>kind</c> and <c>metadata</c> filled.</summary>
    public T New(string? ns, string? name) => new()
    {
        ApiVersion = ApiVersion,
        Kind = Kind,
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = Namespaced ? ns : null },
    };
}
