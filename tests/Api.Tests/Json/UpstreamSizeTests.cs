using System.Text;
using k8s.Models;

namespace Coxswain.Api.Tests.Json;

/// <summary>Reckoned by hand: protobuf's bytes, and <c>"f:x":{},</c> for each field that has an owner.</summary>
public sealed class UpstreamSizeTests
{
    private static long Size<T>(string json) => UpstreamSize.Of(Schemas.Of(typeof(T))!, Encoding.UTF8.GetBytes(json));

    [Fact]
    public void Of_Text_CountsWhatEscapesStandFor()
    {
        var plain = Size<V1ConfigMap>("""{"data":{"k":"aaaa"}}""");
        Assert.Equal(plain, Size<V1ConfigMap>("""{"data":{"k":"\"\\\n\t"}}"""));
        Assert.Equal(plain, Size<V1ConfigMap>("""{"data":{"k":"\u0001aaa"}}"""));
        // The map's entry (2, with its length), the key (3) and the value (6); the owners of data and of k.
        Assert.Equal(2 + 3 + 6 + "\"f:data\":{},".Length + "\"f:k\":{},".Length, plain);
    }

    [Fact]
    public void Of_Bytes_CountsWhatBase64StandsFor()
    {
        var more = Size<V1ConfigMap>($$$"""{"binaryData":{"k":"{{{new string('A', 4000)}}}"}}""") - Size<V1ConfigMap>("""{"binaryData":{"k":"AAAA"}}""");
        Assert.InRange(more, 2990, 3000);
    }

    [Fact]
    public void Of_Containers_CountsAnOwnerForEachItemAndField()
    {
        var one = Size<V1Pod>("""{"spec":{"containers":[{"name":"c1","image":"i"}]}}""");
        var two = Size<V1Pod>("""{"spec":{"containers":[{"name":"c1","image":"i"},{"name":"c2","image":"i"}]}}""");
        var protobuf = 2 + 4 + 3;
        var owners = """ "k:{\"name\":\"c2\"}":{".":{}},"f:name":{},"f:image":{}, """.Trim().Length;
        Assert.InRange(two - one, protobuf + owners - 4, protobuf + owners);
    }

    /// <summary>References, selectors and what stands in a status are owned whole, or by others.</summary>
    [Fact]
    public void Of_WhatIsOwnedWhole_CountsNoOwnerInside() => Assert.Equal(
        Size<V1Deployment>("""{"spec":{"selector":{"matchLabels":{"aaaaaaaaaa":"b"}}}}"""),
        Size<V1Deployment>("""{"spec":{"selector":{"matchLabels":{"a":"bbbbbbbbbb"}}}}"""));
}
