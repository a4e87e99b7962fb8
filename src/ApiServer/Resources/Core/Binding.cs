using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

/// <summary>POST to a namespace's <c>bindings</c>: the older way to give a Pod its node, by the name in the body. The Pod's own subresource does the work.</summary>
internal sealed class Binding : ResourceDefinition<V1Binding>
{
    public override ResourceType<V1Binding> Type => Kinds.Bindings;
    internal override bool IsStored => false;
    public override IReadOnlyList<string> Verbs { get; } = ["create"];
    public override IReadOnlyList<TableColumn> Columns { get; } = [new("Name", Format: "name"), new("Created At", Type: "date")];

    internal override ValueTask<Answer> ReviewObjectAsync(IKubernetesObject<V1ObjectMeta> value, ApiServerCore core, RequestContext context)
    {
        var pods = core.Find(Kinds.Pods.Group, Kinds.Pods.Version, Kinds.Pods.Resource)!;
        return pods.CreateAsync(context with { Name = value.Metadata.Name ?? "" }, ObjectBody.Of(value), "binding");
    }

    protected override object?[] Row(V1Binding value, DateTime now) => [value.Metadata.Name ?? "", null];
}
