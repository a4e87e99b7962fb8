using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class CacheTransformsTests
{
    private static V1ObjectMeta Meta(string name) => new() { Name = name, NamespaceProperty = "ns", ResourceVersion = "7" };

    /// <summary>Controllers read none of it, and it may be 1 MiB an object.</summary>
    [Fact]
    public void Of_ConfigMapsAndSecrets_LeavesOutTheirData()
    {
        var map = new V1ConfigMap { Metadata = Meta("m"), Data = new Dictionary<string, string> { ["k"] = "v" }, BinaryData = new Dictionary<string, byte[]> { ["b"] = [1] }, Immutable = true };
        var secret = new V1Secret { Metadata = Meta("s"), Data = new Dictionary<string, byte[]> { ["k"] = [1] } };

        var slim = CacheTransforms.Of<V1ConfigMap>()!(map);
        Assert.Equal((null, null, true), (slim.Data, slim.BinaryData, slim.Immutable));
        Assert.Same(map.Metadata, slim.Metadata);
        Assert.Null(CacheTransforms.Of<V1Secret>()!(secret).Data);
        Assert.NotNull(map.Data); // what came is shared, and stays as it is
        Assert.NotNull(secret.Data);
    }

    [Fact]
    public void Of_TheConfigMapThatAControllerWrites_KeepsItsData()
    {
        var map = new V1ConfigMap { Metadata = Meta("kube-root-ca.crt"), Data = new Dictionary<string, string> { ["ca.crt"] = "pem" } };
        Assert.Same(map, CacheTransforms.Of<V1ConfigMap>()!(map));
        Assert.Null(CacheTransforms.Of<V1Pod>());
    }
}
