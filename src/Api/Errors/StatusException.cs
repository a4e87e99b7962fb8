using k8s.Models;

namespace Coxswain.Api;

/// <summary>A failure as the wire shows it. Made only by <see cref="ApiErrors"/>, whose texts are part of the contract.</summary>
public sealed class StatusException(V1Status status) : Exception(status.Message)
{
    public V1Status Status { get; } = status;
    public override string Message => Status.Message ?? "";
    /// <summary>The HTTP status code.</summary>
    public int Code => Status.Code ?? 500;
    /// <summary>One word for a machine to branch on: <c>NotFound</c>, <c>Conflict</c> ...</summary>
    public string Reason => Status.Reason ?? "";
}
