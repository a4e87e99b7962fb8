using System.Text.Json.Serialization.Metadata;
using k8s.Models;

namespace Coxswain.Api.Tests.Structure;

public sealed class SchemasTests
{
    private static readonly string[] Packages =
        [.. typeof(Schema).Assembly.GetManifestResourceNames().Where(n => n.EndsWith(".types", StringComparison.Ordinal)).Select(n => n[..^".types".Length])];

    public static TheoryData<string> AllPackages => [.. Packages];

    [Theory]
    [MemberData(nameof(AllPackages))]
    public void Find_EveryTypeOfTheTable_CanBeRead(string package)
    {
        foreach (var name in Schemas.NamesIn(package))
        {
            var schema = Schemas.Find($"{package}.{name}");
            Assert.True(schema is not null, name);
            Assert.Equal(schema.Fields.All.Count, schema.Fields.All.Select(f => f.Name).Distinct().Count());
        }
    }

    [Theory]
    [MemberData(nameof(AllPackages))]
    public void Fields_TheirNumbers_AreUniqueWithinAMessage(string package)
    {
        foreach (var name in Schemas.NamesIn(package))
        {
            var fields = Schemas.Find($"{package}.{name}")!.Fields;
            var numbers = fields.All.Where(f => f.Embedded is null).Select(f => f.Number).Concat(fields.Embedded.Select(e => e.Number)).Where(n => n > 0).ToList();
            Assert.True(numbers.Count == numbers.Distinct().Count(), $"{package}.{name}");
        }
    }

    [Fact]
    public void Of_TheClassesOfEveryKind_HaveEveryFieldOfTheTable()
    {
        var missing = new List<string>();
        foreach (var kind in Kinds.All) Compare(kind.ClrType, [], missing);
        // A field that no served object can have: its feature is off.
        Assert.Equal(["NodeAllocatableResourceClaimStatus.resources"], missing);
    }

    [Fact]
    public void Find_AKindOfAnotherGroup_IsNone()
    {
        Assert.NotNull(Schemas.Find(new GroupVersionKind("apps", "v1", "Deployment")));
        Assert.Null(Schemas.Find(new GroupVersionKind("apps.example.com", "v1", "Deployment")));
        Assert.Null(Schemas.Find(new GroupVersionKind("apps", "v9", "Deployment")));
    }

    [Fact]
    public void Fields_OfAnEmbeddedStruct_SayWhereTheyLie()
    {
        var selector = Schemas.Find("core.v1.ConfigMapKeySelector")!;
        Assert.Equal("LocalObjectReference", selector.Fields.Find("name")!.Embedded);
        Assert.Null(selector.Fields.Find("key")!.Embedded);
        Assert.Equal((1, "core.v1.LocalObjectReference"), (selector.Fields.Embedded[0].Number, selector.Fields.Embedded[0].Type.Name));
        Assert.True(selector.IsAtomic);
    }

    [Fact]
    public void Find_ATypeWithMarks_HasThemAll()
    {
        var ports = Schemas.Find("core.v1.Container")!.Fields.Find("ports")!;
        Assert.Equal((PatchStrategy.Merge, "containerPort", ListType.Map), (ports.Patch, ports.PatchKey, ports.ListType));
        Assert.Equal(["containerPort", "protocol"], ports.ListKeys);
        Assert.Equal("[]v1.ContainerPort", ports.Type.GoType);
        var protocol = ports.Type.Element!.Fields.Find("protocol")!;
        Assert.Equal(("\"TCP\"", "v1.Protocol"), (protocol.Default, protocol.Type.GoType));
        Assert.Equal(["TCP", "UDP", "SCTP"], protocol.Type.Words);
        Assert.Equal((SchemaKind.Map, SchemaKind.Quantity), (Schemas.Find("core.v1.ResourceList")!.Kind, Schemas.Find("core.v1.ResourceList")!.Element!.Kind));
    }

    private static void Compare(Type model, HashSet<Type> seen, List<string> missing)
    {
        model = Nullable.GetUnderlyingType(model) ?? model;
        var info = KubeJson.Options.GetTypeInfo(model);
        if (info.ElementType is { } element) Compare(element, seen, missing);
        if (info.Kind != JsonTypeInfoKind.Object || !seen.Add(model) || Schemas.Of(model) is not { } schema) return;
        foreach (var field in schema.Fields.All)
        {
            if (info.Properties.All(p => p.Name != field.Name) && !missing.Contains($"{schema.StructName}.{field.Name}")) missing.Add($"{schema.StructName}.{field.Name}");
        }
        foreach (var property in info.Properties) Compare(property.PropertyType, seen, missing);
    }
}
