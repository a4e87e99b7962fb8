using k8s.Models;

namespace Coxswain.Api;

/// <summary>Shapes of the types that every kind shares.</summary>
internal static class MetaShapes
{
    public static void AddTo(Dictionary<Type, string> shapes)
    {
        shapes[typeof(V1ObjectMeta)] = "uid=types.UID generation0";
        shapes[typeof(V1ListMeta)] = "";
        shapes[typeof(V1ShardInfo)] = "selector!";
        shapes[typeof(V1OwnerReference)] = "apiVersion! kind! name! uid!=types.UID";
        shapes[typeof(V1ManagedFieldsEntry)] = "operation=v1.ManagedFieldsOperationType";
        shapes[typeof(V1Condition)] = "type! status!=v1.ConditionStatus observedGeneration0 lastTransitionTime~ reason! message!";
        shapes[typeof(V1LabelSelectorRequirement)] = "key! operator!=v1.LabelSelectorOperator";
        shapes[typeof(V1Status)] = "reason=v1.StatusReason code0 HasObject-";
        shapes[typeof(V1StatusDetails)] = "uid=types.UID retryAfterSeconds0";
        shapes[typeof(V1StatusCause)] = "reason=v1.CauseType";
        shapes[typeof(V1DeleteOptions)] = "propagationPolicy*=v1.DeletionPropagation";
        shapes[typeof(V1Preconditions)] = "uid*=types.UID resourceVersion*";
        shapes[typeof(V1APIResource)] = "name! singularName! kind! verbs!=v1.Verbs";
        shapes[typeof(V1APIResourceList)] = "groupVersion! resources!";
        shapes[typeof(V1APIGroup)] = "name! versions! preferredVersion{}";
        shapes[typeof(V1APIGroupList)] = "groups!";
        shapes[typeof(V1APIVersions)] = "versions! serverAddressByClientCIDRs!";
        shapes[typeof(V1GroupVersionForDiscovery)] = "groupVersion! version!";
        shapes[typeof(V1ServerAddressByClientCIDR)] = "clientCIDR! serverAddress!";
        shapes[typeof(VersionInfo)] = "major! minor! gitVersion! gitCommit! gitTreeState! buildDate! goVersion! compiler! platform!";
        shapes[typeof(V1TypedLocalObjectReference)] = "apiGroup*! kind! name!";
        shapes[typeof(V1TypedObjectReference)] = "apiGroup*! kind! name! namespace*";
        shapes[typeof(V1ObjectReference)] = "uid=types.UID";
        shapes[typeof(V1ScaleSpec)] = "replicas0";
        shapes[typeof(V1TokenRequestSpec)] = "audiences! expirationSeconds! boundObjectRef! attestations-";
        shapes[typeof(V1TokenRequestStatus)] = "token! expirationTimestamp~";
        shapes[typeof(V1BoundObjectReference)] = "uid=types.UID";
    }
}
