using Coxswain.Api;
using Coxswain.ApiServer.Auth;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Who asks, for which object, and how the answer is wanted. One a request; not shared between requests.</summary>
public sealed record RequestContext
{
    public required UserInfo User { get; init; }
    /// <summary>From the path; empty for cluster-scoped objects and for all namespaces.</summary>
    public string Namespace { get; init; } = "";
    /// <summary>From the path; empty for collections.</summary>
    public string Name { get; init; } = "";
    /// <summary><c>dryRun=All</c>: everything but the commit.</summary>
    public bool DryRun { get; init; }
    public FieldValidation FieldValidation { get; init; } = FieldValidation.Warn;
    public string FieldManager { get; init; } = "";
    /// <summary>Texts for the answer's Warning headers, in order.</summary>
    public List<string> Warnings { get; } = [];
    public CancellationToken Cancelled { get; init; }
}
