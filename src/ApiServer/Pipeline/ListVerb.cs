using Coxswain.Api;
using Coxswain.Store;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>GET of a collection, whole or in chunks that all show the revision of the first.</summary>
internal sealed class ListVerb(ResourceEndpoint endpoint)
{
    private readonly StoredResource _stored = endpoint.Stored;
    private readonly IStore _store = endpoint.Core.Store;

    public ListAnswer Run(RequestContext context, ListQuery query)
    {
        ListQueryRules.ValidateList(query);
        var selection = endpoint.Select(query);
        if (query.Continue.Length > 0) return Continued(context, query, selection);
        ListQueryRules.DemandReached(ListQueryRules.Revision(query.ResourceVersion), _store.Revision);
        return Chunk(context, query, selection, null, ListQueryRules.ExactRevision(query)) ?? throw ApiErrors.Expired("The resourceVersion for the provided list is too old.");
    }

    private ListAnswer Continued(RequestContext context, ListQuery query, Selection selection)
    {
        if (query.ResourceVersion is not ("" or "0")) throw ApiErrors.BadRequest("specifying resource version is not allowed when using continue");
        var token = ContinueToken.Parse(query.Continue);
        ListQueryRules.DemandReached(token.Revision, _store.Revision); // of another store, or of this one before it was set back
        return Chunk(context, query, selection, _stored.Prefix + token.After, Math.Max(0, token.Revision)) ?? throw TokenExpired(token);
    }

    private ListAnswer? Chunk(RequestContext context, ListQuery query, Selection selection, string? after, long revision)
    {
        // A selection is counted after it is made, so the store cannot know where the chunk ends.
        var limit = query.Limit is > 0 and < int.MaxValue && !IgnoresLimit(query) ? (int)query.Limit : 0;
        if (selection.Name is { } name && (context.Namespace.Length > 0 || !_stored.Type.Namespaced) && after is null && revision == 0) return Single(context, selection, name);
        var range = _store.Range(_stored.KeysOf(context.Namespace), after, selection.IsEmpty ? limit : 0, revision);
        if (range is null) return null;
        if (selection.IsEmpty) return Answer(range.Values, range.Revision, range.Remaining > 0, range.Remaining);
        var matching = new List<StoredValue>();
        foreach (var value in range.Values)
        {
            if (!selection.Matches(value)) continue;
            if (limit > 0 && matching.Count == limit) return Answer(matching, range.Revision, more: true, null);
            matching.Add(value);
        }
        return Answer(matching, range.Revision, more: false, null);
    }

    /// <summary>Whoever will take any state gets it whole, as upstream gives it out of its cache.</summary>
    private bool IgnoresLimit(ListQuery query) => query.ResourceVersion == "0" && query.Continue.Length == 0 && !_stored.Definition.AlwaysChunks;

    /// <summary>The selector names one object: no need to walk the others. The revision is read first, so that a watch from it misses nothing.</summary>
    private ListAnswer Single(RequestContext context, Selection selection, string name)
    {
        var revision = _store.Revision;
        var found = _stored.Get(context.Namespace, name);
        IReadOnlyList<StoredValue> items = found is not null && selection.Matches(found) ? [found] : [];
        return Answer(items, Math.Max(revision, found?.Revision ?? 0), more: false, null);
    }

    private ListAnswer Answer(IReadOnlyList<StoredValue> items, long revision, bool more, long? remaining)
    {
        var next = more ? new ContinueToken(revision, items[^1].Key[_stored.Prefix.Length..]).ToString() : "";
        return new ListAnswer(endpoint, items, revision, next, more ? remaining : null);
    }

    private static StatusException TokenExpired(ContinueToken token)
    {
        var error = ApiErrors.Expired("The provided continue parameter is too old to display a consistent list result. You can start a new list without the "
            + "continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token "
            + "results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may "
            + "show up in the list.");
        error.Status.Metadata = new V1ListMeta { ContinueProperty = (token with { Revision = -1 }).ToString() };
        return error;
    }
}
