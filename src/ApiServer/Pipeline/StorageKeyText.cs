using Coxswain.Api;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>The keys that upstream's messages show: there most kinds lie without their group, and a few under older names.</summary>
internal static class StorageKeyText
{
    public static string Of(ResourceType type, string ns, string name)
    {
        var folder = type.GroupResource switch
        {
            "services" => "services/specs",
            "endpoints" => "services/endpoints",
            "nodes" => "minions",
            "replicationcontrollers" => "controllers",
            var other => other.Split('.')[0],
        };
        return type.Namespaced ? $"/registry/{folder}/{ns}/{name}" : $"/registry/{folder}/{name}";
    }
}
