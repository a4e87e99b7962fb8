using Coxswain.Api;
using Coxswain.ApiServer.Resources;
using k8s.Models;

namespace Coxswain.ApiServer.Quotas;

/// <summary>One quota's books: what each object takes, and the sums. Not safe for many threads: <see cref="NamespaceQuotas"/> has the lock.</summary>
internal sealed class QuotaAccount(V1ResourceQuota quota)
{
    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private readonly Quantity[] _used = new Quantity[quota.Spec?.Hard?.Count ?? 0];

    public string Name => quota.Metadata.Name;
    public QuotaRules Rules { get; } = new(quota.Spec);

    /// <summary>Whether the books were opened for this quota's present spec.</summary>
    public bool IsFor(V1ResourceQuota other) => other.Metadata.Uid == quota.Metadata.Uid && Semantic.Equal(other.Spec, quota.Spec);

    /// <summary>Sets what the stored object takes; null when it is gone or the quota is not about it.</summary>
    /// <param name="overdue">When <paramref name="later"/> takes the place of <paramref name="usage"/>.</param>
    public void Set(string key, Quantity[]? usage, DateTime? overdue = null, Quantity[]? later = null)
    {
        if (usage is null && !_slots.ContainsKey(key)) return;
        var slot = At(key);
        (slot.Stored, slot.OverdueAt, slot.Later) = (usage, overdue, later);
        Sum(key, slot);
    }

    public void Hold(QuotaCharge charge, Quantity[] usage)
    {
        var slot = At(charge.Key);
        (slot.Held ??= []).Add((charge, usage));
        Sum(charge.Key, slot);
    }

    public void Release(QuotaCharge charge)
    {
        if (!_slots.TryGetValue(charge.Key, out var slot) || slot.Held is null) return;
        slot.Held.RemoveAll(h => ReferenceEquals(h.Charge, charge));
        Sum(charge.Key, slot);
    }

    /// <summary>Why the write may not be, in upstream's words, or null.</summary>
    /// <param name="before">What the object takes already, or null.</param>
    public string? Exceeded(Quantity[] usage, Quantity[]? before, DateTime now)
    {
        if (Over(usage, before) is not { Count: > 0 }) return null;
        LetGoOfOverdue(now);
        if (Over(usage, before) is not { Count: > 0 } over) return null;
        return $"exceeded quota: {Name}, requested: {Text(over, i => More(usage, before, i))}, used: {Text(over, i => _used[i])}, limited: {Text(over, i => Rules.Limits[i])}";
    }

    private List<int> Over(Quantity[] usage, Quantity[]? before)
    {
        var over = new List<int>();
        for (var i = 0; i < usage.Length; i++)
        {
            var more = More(usage, before, i);
            if (more.Sign > 0 && _used[i] + more > Rules.Limits[i]) over.Add(i);
        }
        return over;
    }

    private static Quantity More(Quantity[] usage, Quantity[]? before, int i) => before is null ? usage[i] : usage[i] - before[i];

    private string Text(List<int> places, Func<int, Quantity> amount) => string.Join(',', places.Select(i => $"{Rules.Names[i]}={amount(i)}"));

    /// <summary>Pods of a lost node end on paper only; nothing is written at the moment when they stop counting.</summary>
    private void LetGoOfOverdue(DateTime now)
    {
        foreach (var (key, slot) in _slots.Where(s => now > s.Value.OverdueAt).ToList()) Set(key, slot.Later);
    }

    private Slot At(string key)
    {
        if (!_slots.TryGetValue(key, out var slot)) _slots[key] = slot = new Slot();
        return slot;
    }

    /// <summary>A key takes the most of what is stored and what is on its way there: a write that is both just now counts once.</summary>
    private void Sum(string key, Slot slot)
    {
        var takes = slot.Stored;
        foreach (var (_, usage) in slot.Held ?? []) takes = takes is null ? usage : [.. takes.Zip(usage, static (a, b) => a > b ? a : b)];
        for (var i = 0; i < _used.Length; i++)
        {
            if (takes is not null) _used[i] += takes[i];
            if (slot.Takes is not null) _used[i] -= slot.Takes[i];
        }
        slot.Takes = takes;
        if (slot.Stored is null && slot.Held is not { Count: > 0 }) _slots.Remove(key);
    }

    private sealed class Slot
    {
        public Quantity[]? Stored { get; set; }
        public DateTime? OverdueAt { get; set; }
        public Quantity[]? Later { get; set; }
        public List<(QuotaCharge Charge, Quantity[] Usage)>? Held { get; set; }
        /// <summary>What is in the sums for this key.</summary>
        public Quantity[]? Takes { get; set; }
    }
}
