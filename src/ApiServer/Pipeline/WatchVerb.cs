using Coxswain.Api;
using Coxswain.Store;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>GET of a collection with <c>watch=true</c>: the present state first (unless the caller has it), then every change.</summary>
internal sealed class WatchVerb(ResourceEndpoint endpoint)
{
    private readonly StoredResource _stored = endpoint.Stored;
    private readonly IStore _store = endpoint.Core.Store;

    public WatchStream Run(RequestContext context, ListQuery query, bool shared)
    {
        ListQueryRules.ValidateWatch(query);
        var selection = endpoint.Select(query);
        var from = ListQueryRules.Revision(query.ResourceVersion);
        var prefix = _stored.KeysOf(context.Namespace);
        var initial = new List<WatchFrame>();
        if (query.SendInitialEvents ?? from == 0)
        {
            if (from > _store.Revision) return Refused(selection, ListQueryRules.TooLarge(from, _store.Revision));
            var range = _store.Range(prefix)!;
            foreach (var value in range.Values)
            {
                if (selection.Matches(value)) initial.Add(new WatchFrame(WatchFrameType.Added, endpoint.JsonOf(value), value.Revision, value));
            }
            from = range.Revision;
            if (query.SendInitialEvents == true && query.AllowWatchBookmarks) initial.Add(endpoint.Bookmark(from, endsInitial: true));
        }
        else if (from == 0) from = _store.Revision;
        return Open(query, selection, prefix, from, initial, shared);
    }

    private WatchStream Open(ListQuery query, Selection selection, string prefix, long from, List<WatchFrame> initial, bool shared)
    {
        try { return new WatchStream(endpoint, selection, initial, _store.Subscribe(prefix, from), query.AllowWatchBookmarks, shared); }
        catch (FeedExpiredException e) { return Refused(selection, WatchStream.TooOld(e)); }
    }

    /// <summary>Once a watch is accepted, what goes wrong with it is an event.</summary>
    private WatchStream Refused(Selection selection, StatusException error) => new(endpoint, selection, [WatchFrame.Of(error)], null, false, false);
}
