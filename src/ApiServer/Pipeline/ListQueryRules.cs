using Coxswain.Api;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Which combinations of resourceVersion, resourceVersionMatch, continue and sendInitialEvents mean something.</summary>
internal static class ListQueryRules
{
    private const string NotOlderThan = "NotOlderThan";
    private const string Exact = "Exact";
    private static readonly GroupVersionKind Kind = new("meta.k8s.io", "v1", "ListOptions");
    private static readonly FieldPath Match = FieldPath.Root("resourceVersionMatch");

    public static void ValidateList(ListQuery query)
    {
        var errors = new FieldErrors();
        var match = query.ResourceVersionMatch;
        if (match.Length > 0)
        {
            if (query.ResourceVersion.Length == 0) errors.Forbidden(Match, "resourceVersionMatch is forbidden unless resourceVersion is provided");
            if (query.Continue.Length > 0) errors.Forbidden(Match, "resourceVersionMatch is forbidden when continue is provided");
            if (match is not (Exact or NotOlderThan)) errors.NotSupported(Match, match, Exact, NotOlderThan, "");
            else if (match == Exact && query.ResourceVersion == "0") errors.Forbidden(Match, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }
        if (query.SendInitialEvents is not null) errors.Forbidden(FieldPath.Root("sendInitialEvents"), "sendInitialEvents is forbidden for list");
        Throw(errors);
    }

    public static void ValidateWatch(ListQuery query)
    {
        var errors = new FieldErrors();
        var match = query.ResourceVersionMatch;
        if (query.SendInitialEvents is not null && match != NotOlderThan) errors.Forbidden(Match, $"sendInitialEvents requires setting resourceVersionMatch to {NotOlderThan}");
        if (match.Length > 0)
        {
            if (query.SendInitialEvents is null) errors.Forbidden(Match, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
            if (match != NotOlderThan) errors.NotSupported(Match, match, NotOlderThan);
            if (query.Continue.Length > 0) errors.Forbidden(Match, "resourceVersionMatch is forbidden when continue is provided");
        }
        Throw(errors);
    }

    /// <summary>0 when unset.</summary>
    public static long Revision(string resourceVersion)
    {
        if (resourceVersion.Length == 0) return 0;
        if (GoNumber.TryUint64(resourceVersion, out var revision, out var error)) return (long)Math.Min(revision, long.MaxValue - 1); // further than any store gets, and one can still be added
        throw ApiErrors.Unknown($"resourceVersion: Invalid value: {GoText.Quote(resourceVersion)}: {error}"); // 500, as upstream: the refusal comes from its store
    }

    /// <summary>The past revision that the query insists on; 0 when the newest will do.</summary>
    public static long ExactRevision(ListQuery query)
    {
        var revision = Revision(query.ResourceVersion);
        // A limit with a revision and no word on how to match it means exactly that revision: older clients rely on it.
        return query.ResourceVersionMatch == Exact || (query.Limit > 0 && query.ResourceVersionMatch.Length == 0) ? revision : 0;
    }

    /// <exception cref="StatusException">504: <paramref name="wanted"/> lies ahead.</exception>
    public static void DemandReached(long wanted, long current)
    {
        if (wanted > current) throw TooLarge(wanted, current);
    }

    /// <summary>A state that this server has not reached.</summary>
    public static StatusException TooLarge(long wanted, long current)
    {
        var error = ApiErrors.Timeout($"Too large resource version: {wanted}, current: {current}");
        error.Status.Details = new k8s.Models.V1StatusDetails
        {
            Causes = [new k8s.Models.V1StatusCause { Reason = "ResourceVersionTooLarge", Message = "Too large resource version" }],
            RetryAfterSeconds = 1,
        };
        return error;
    }

    private static void Throw(FieldErrors errors)
    {
        if (errors.Count > 0) throw ApiErrors.Invalid(Kind, "", errors);
    }
}
