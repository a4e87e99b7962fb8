using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline.Versions;

/// <summary>Another version with the same fields: only <c>apiVersion</c> differs.</summary>
internal sealed class SameShapeEdge(ResourceType stored, ResourceType served, bool orphansByDefault) : VersionEdge
{
    private readonly byte[] _storedHead = StoredJson.TypeHead(stored);
    private readonly byte[] _servedHead = StoredJson.TypeHead(served);

    public override ResourceType Served => served;
    public override bool OrphansByDefault => orphansByDefault;

    public override byte[] Show(ReadOnlySpan<byte> json)
    {
        if (!json.StartsWith(_storedHead)) throw new InvalidOperationException($"a stored {stored.Kind} does not begin with its type");
        return [.. _servedHead, .. json[_storedHead.Length..]];
    }

    public override IKubernetesObject<V1ObjectMeta> Accept(IKubernetesObject<V1ObjectMeta> value)
    {
        value.ApiVersion = stored.ApiVersion;
        return value;
    }
}
