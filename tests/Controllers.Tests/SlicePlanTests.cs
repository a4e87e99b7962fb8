using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class SlicePlanTests
{
    [Fact]
    public void Make_NothingChanged_WritesNothing()
    {
        var plan = Plan([Slice("a", 0, 100), Slice("b", 100, 50)], Endpoints(0, 150));

        Assert.Empty(plan.Create);
        Assert.Empty(plan.Update);
        Assert.Empty(plan.Delete);
    }

    [Fact]
    public void Make_OneMore_FillsTheSliceWithRoom()
    {
        var plan = Plan([Slice("a", 0, 100), Slice("b", 100, 50)], Endpoints(0, 151));

        Assert.Empty(plan.Create);
        var (slice, endpoints) = Assert.Single(plan.Update);
        Assert.Equal(("b", 51), (slice.Metadata.Name, endpoints.Count));
    }

    [Fact]
    public void Make_OneGone_TouchesOnlyItsSlice()
    {
        var plan = Plan([Slice("a", 0, 100), Slice("b", 100, 50)], Endpoints(0, 149));

        var (slice, endpoints) = Assert.Single(plan.Update);
        Assert.Equal(("b", 49), (slice.Metadata.Name, endpoints.Count));
    }

    [Fact]
    public void Make_SliceEmptied_IsDeletedOrReused()
    {
        Assert.Equal("b", Assert.Single(Plan([Slice("a", 0, 100), Slice("b", 100, 50)], Endpoints(0, 100)).Delete).Metadata.Name);

        var reused = Plan([Slice("a", 0, 100), Slice("b", 100, 50)], [.. Endpoints(0, 100), .. Endpoints(500, 80)]);
        Assert.Empty(reused.Delete);
        Assert.Equal(("b", 80), (Assert.Single(reused.Update).Slice.Metadata.Name, reused.Update[0].Endpoints.Count));
    }

    private static SlicePlan Plan(V1EndpointSlice[] present, List<V1Endpoint> wanted) => SlicePlan.Make(present, wanted, _ => true);

    private static V1EndpointSlice Slice(string name, int from, int count) => new() { Metadata = new V1ObjectMeta { Name = name }, Endpoints = Endpoints(from, count) };

    private static List<V1Endpoint> Endpoints(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(i => new V1Endpoint { Addresses = [$"10.0.{i / 250}.{i % 250}"], TargetRef = new V1ObjectReference { Uid = $"{i}" } })];
}
