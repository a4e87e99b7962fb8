using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Http;

/// <summary>How objects of one type are shown in a table: its columns, and the cells of a row.</summary>
internal sealed record TableKind(IReadOnlyList<TableColumn> Columns, Func<IKubernetesObject<V1ObjectMeta>, DateTime, object?[]> Cells)
{
    private static readonly TableKind Scale = new(
        [new("Name"), new("Desired", Type: "integer"), new("Available", Type: "integer"), new("Age")],
        (value, now) => [value.Metadata.Name, ((V1Scale)value).Spec?.Replicas ?? 0, ((V1Scale)value).Status?.Replicas ?? 0, TableCells.Age(value.Metadata, now)]);

    private static readonly TableKind Plain = new(TableCells.PlainColumns, (value, _) => TableCells.Plain(value.Metadata));

    /// <summary>Why a row is marked as completed; null while there is more to come of the object.</summary>
    public Func<IKubernetesObject<V1ObjectMeta>, (string Reason, string Message)?> Completion { get; init; } = _ => null;

    /// <param name="shown">What is shown when it is not an object of the endpoint's own kind but of a subresource's.</param>
    public static TableKind Of(ResourceEndpoint endpoint, object? shown = null) => shown switch
    {
        V1Scale => Scale,
        Authenticationv1TokenRequest => Plain,
        _ => new TableKind(endpoint.Definition.Columns, endpoint.CellsOf) { Completion = endpoint.Definition.CompletionOf },
    };
}
