using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>
/// Decides which slices to make, change and delete so that together they list the wanted endpoints. Slices that are right stay untouched, those that must change
/// are filled up, and only what is left over becomes new slices: every write goes to every node.
/// </summary>
internal sealed class SlicePlan
{
    public const int MaxEndpoints = 100;

    /// <summary>To be created: endpoints that found no place.</summary>
    public List<List<V1Endpoint>> Create { get; } = [];
    public List<(V1EndpointSlice Slice, List<V1Endpoint> Endpoints)> Update { get; } = [];
    public List<V1EndpointSlice> Delete { get; } = [];

    /// <param name="present">The slices that have the right ports and address family.</param>
    /// <param name="isCurrent">Whether a slice's labels are right.</param>
    public static SlicePlan Make(IEnumerable<V1EndpointSlice> present, IReadOnlyCollection<V1Endpoint> wanted, Func<V1EndpointSlice, bool> isCurrent)
    {
        var plan = new SlicePlan();
        var missing = new Dictionary<string, V1Endpoint>(StringComparer.Ordinal);
        foreach (var endpoint in wanted) missing[KeyOf(endpoint)] = endpoint;

        foreach (var slice in present.OrderBy(slice => slice.Metadata.CreationTimestamp).ThenBy(slice => slice.Metadata.Name, StringComparer.Ordinal))
        {
            var kept = new List<V1Endpoint>();
            var changed = !isCurrent(slice);
            foreach (var old in slice.Endpoints ?? [])
            {
                if (!missing.Remove(KeyOf(old), out var endpoint)) changed = true;
                else
                {
                    kept.Add(endpoint);
                    changed |= !StatusComparer.Same(new V1EndpointSlice { Endpoints = [old] }, new V1EndpointSlice { Endpoints = [endpoint] });
                }
            }
            if (kept.Count == 0 && wanted.Count > 0) plan.Delete.Add(slice);
            else if (changed) plan.Update.Add((slice, kept));
            else plan._full.Add((slice, kept));
        }
        plan.Place([.. missing.Values.OrderBy(endpoint => endpoint.Addresses[0], StringComparer.Ordinal)]);
        return plan;
    }

    private readonly List<(V1EndpointSlice Slice, List<V1Endpoint> Endpoints)> _full = []; // right as they are, perhaps with room

    private void Place(List<V1Endpoint> rest)
    {
        foreach (var (_, endpoints) in Update) Fill(endpoints, rest);
        // Fewer than a slice's worth: rather add to one that has room than make one more.
        if (rest.Count > 0 && _full.Where(slice => slice.Endpoints.Count + rest.Count <= MaxEndpoints).OrderByDescending(slice => slice.Endpoints.Count).FirstOrDefault() is { Slice: not null } room)
        {
            Fill(room.Endpoints, rest);
            Update.Add(room);
        }
        while (rest.Count > 0 && Delete.Count > 0) // rather give an empty slice new content than delete it and make another
        {
            var endpoints = new List<V1Endpoint>();
            Fill(endpoints, rest);
            Update.Add((Delete[^1], endpoints));
            Delete.RemoveAt(Delete.Count - 1);
        }
        while (rest.Count > 0)
        {
            var endpoints = new List<V1Endpoint>();
            Fill(endpoints, rest);
            Create.Add(endpoints);
        }
    }

    private static void Fill(List<V1Endpoint> endpoints, List<V1Endpoint> rest)
    {
        var count = Math.Min(MaxEndpoints - endpoints.Count, rest.Count);
        if (count <= 0) return;
        endpoints.AddRange(rest.Take(count));
        rest.RemoveRange(0, count);
    }

    private static string KeyOf(V1Endpoint endpoint) => $"{endpoint.TargetRef?.Uid}/{endpoint.Addresses[0]}";
}
