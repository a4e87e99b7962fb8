using Coxswain.ApiServer.Resources.Core;

namespace Coxswain.ApiServer.Tests.Resources.Core;

public sealed class NamespaceTests
{
    private static readonly Namespace Kind = new();

    [Fact]
    public void PrepareForCreate_Bare_IsActiveHeldAndLabelled()
    {
        var ns = Written.Created(Kind, """{"metadata":{"name":"n"},"status":{"phase":"Terminating"}}""");
        Assert.Equal("Active", ns.Status.Phase);
        Assert.Equal(["kubernetes"], ns.Spec.Finalizers);
        Assert.Equal("n", ns.Metadata.Labels!["kubernetes.io/metadata.name"]);
    }

    [Fact]
    public void PrepareForCreate_GeneratedName_LabelsWithIt()
    {
        var ns = Written.Object(Kind, """{"metadata":{"generateName":"n-"}}""");
        Assert.Null(ns.Metadata.Labels);
        ns.Metadata.Name = "n-x7k2p";
        Kind.PrepareObjectForCreate(ns);
        Assert.Equal("n-x7k2p", ns.Metadata.Labels!["kubernetes.io/metadata.name"]);
    }

    [Fact]
    public void PrepareForUpdate_OtherFinalizersAndStatus_KeepsTheOld()
    {
        var old = Written.Created(Kind, """{"metadata":{"name":"n"}}""");
        var ns = Written.Updated(Kind, old, """{"metadata":{"name":"n","labels":{"kubernetes.io/metadata.name":"other"}},"spec":{"finalizers":[]},"status":{"phase":"Terminating"}}""");
        Assert.Equal(["kubernetes"], ns.Spec.Finalizers);
        Assert.Equal("Active", ns.Status.Phase);
        Assert.Equal("n", ns.Metadata.Labels!["kubernetes.io/metadata.name"]);
    }

    [Fact]
    public void Validate_UnknownShortFinalizer_IsRefused() => Assert.Equal(
        ["spec.finalizers: Invalid value: \"mine\": name is neither a standard finalizer name nor is it fully qualified"],
        Written.Faults(Kind, """{"metadata":{"name":"n"},"spec":{"finalizers":["mine","example.org/ok"]}}"""));

    [Fact]
    public void PrepareForSubresourceUpdate_Finalize_TakesTheFinalizersAndKeepsTheStatus()
    {
        var old = Written.Created(Kind, """{"metadata":{"name":"n"}}""");
        var ns = Written.Object(Kind, """{"metadata":{"name":"n"},"spec":{"finalizers":[]},"status":{"phase":"Terminating"}}""");
        Kind.PrepareObjectForSubresourceUpdate("finalize", ns, old);
        Assert.Empty(ns.Spec.Finalizers ?? []);
        Assert.Equal("Active", ns.Status.Phase);
    }

    [Fact]
    public void ValidateStatusUpdate_PhaseAgainstDeletion_IsRefused() => Assert.Equal(
        ["status.Phase: Invalid value: \"Terminating\": may only be 'Active' if `deletionTimestamp` is empty"],
        Written.StatusFaults(Kind, """{"metadata":{"name":"n"},"status":{"phase":"Terminating"}}"""));

    [Theory]
    [InlineData("a.b", false)]
    [InlineData("a-b", true)]
    public void ValidateName_IsALabel(string name, bool good) => Assert.Equal(good, Kind.ValidateName(name, false).Count == 0);

    [Fact]
    public void Verbs_HaveNoDeleteCollection() => Assert.DoesNotContain("deletecollection", Kind.Verbs);
}
