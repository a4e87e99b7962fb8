using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Resources;

/// <summary>A kind that is never stored: what is created is a question, and the answer comes back with it.</summary>
internal abstract class ReviewDefinition<T> : ResourceDefinition<T> where T : class, IKubernetesObject<V1ObjectMeta>, new()
{
    internal sealed override bool IsStored => false;
    public sealed override IReadOnlyList<string> Verbs { get; } = ["create"];
    public sealed override IReadOnlyList<TableColumn> Columns => TableCells.PlainColumns;

    /// <summary>Answers the question; may write into it and return it.</summary>
    /// <exception cref="StatusException">The question makes no sense.</exception>
    protected abstract T Review(T value, ApiServerCore core, RequestContext context);

    internal override ValueTask<Answer> ReviewObjectAsync(IKubernetesObject<V1ObjectMeta> value, ApiServerCore core, RequestContext context)
    {
        var answer = Review((T)value, core, context);
        (answer.ApiVersion, answer.Kind) = (Type.ApiVersion, Type.Kind);
        return ValueTask.FromResult(new Answer(201, Type.Encode(answer), null, answer));
    }

    /// <summary>Upstream's refusal of a question names the group but no kind.</summary>
    protected void Refuse(FieldErrors errors)
    {
        if (errors.Count > 0) throw ApiErrors.Invalid(Type.GroupVersionKind with { Kind = "" }, "", errors);
    }

    protected sealed override object?[] Row(T value, DateTime now) => TableCells.Plain(value.Metadata);
}
