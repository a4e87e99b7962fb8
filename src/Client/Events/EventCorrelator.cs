using System.Globalization;
using System.Runtime.CompilerServices;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Client;

/// <summary>
/// Decides what becomes of an occurrence: a new Event, one more count on an Event already written, or nothing, because one object makes too much noise.
/// The rules and their numbers are those of client-go's correlator, which users know from <c>(x5 over 2m)</c>.
/// </summary>
/// <remarks>Safe for many callers. Memory is bounded: at most <see cref="Capacity"/> entries of each sort, the least recently used go first.</remarks>
internal sealed class EventCorrelator(TimeProvider time)
{
    public const int Capacity = 4096;
    private const int MaxSimilar = 10;
    private const double SpamBurst = 25;
    private const double SpamRefillSeconds = 300;
    private static readonly TimeSpan SimilarWindow = TimeSpan.FromMinutes(10);

    // The last name's nanoseconds, for all who share a clock: two that report on one object in the same moment must not take the same name, and under a test's clock a moment lasts.
    private static readonly ConditionalWeakTable<TimeProvider, StrongBox<long>> LastNanos = [];

    private readonly Lock _lock = new(); // guards all below
    private readonly LruMap<string, Similar> _similar = new(Capacity);
    private readonly LruMap<string, Written> _written = new(Capacity);
    private readonly LruMap<string, Bucket> _buckets = new(Capacity);

    /// <summary>The Event to write, or null to drop the occurrence.</summary>
    public Correlated? Correlate(EventSource source, V1ObjectReference about, string type, string reason, string message)
    {
        lock (_lock)
        {
            var (now, steady) = (time.GetUtcNow(), time.Steady());
            var group = $"{source.Component}\n{source.Host}\n{about.Kind}\n{about.NamespaceProperty}\n{about.Name}\n{about.Uid}\n{about.ApiVersion}\n{type}\n{reason}";
            var key = $"{group}\n{about.FieldPath}\n{message}";
            if (IsOneOfTooMany(group, message, steady)) (key, message) = (group, $"(combined from similar events): {message}");

            var stamp = Seconds(now);
            if (_written.TryGet(key, out var written)) written = written with { Count = written.Count + 1 };
            else written = new Written(NewName(about.Name, now), 1, stamp);
            _written.Set(key, written);
            return TakeToken($"{source.Component}\n{source.Host}\n{about.Kind}\n{about.NamespaceProperty}\n{about.Name}\n{about.Uid}\n{about.ApiVersion}", steady)
                ? new Correlated(written.Name, written.Count, written.First, stamp, message)
                : null;
        }
    }

    private bool IsOneOfTooMany(string group, string message, TimeSpan now)
    {
        if (!_similar.TryGet(group, out var similar) || now - similar.Last > SimilarWindow) similar = new Similar([]);
        similar.Messages.Add(message);
        similar.Last = now;
        _similar.Set(group, similar);
        if (similar.Messages.Count < MaxSimilar) return false;
        similar.Messages.Remove(similar.Messages.First());
        return true;
    }

    private bool TakeToken(string key, TimeSpan now)
    {
        if (!_buckets.TryGet(key, out var bucket)) bucket = new Bucket(SpamBurst, now);
        var tokens = Math.Min(SpamBurst, bucket.Tokens + (now - bucket.At).TotalSeconds / SpamRefillSeconds);
        var granted = tokens >= 1;
        _buckets.Set(key, new Bucket(granted ? tokens - 1 : tokens, now));
        return granted;
    }

    /// <summary>The object's name and the time in nanoseconds, in hexadecimal; never the same twice.</summary>
    private string NewName(string about, DateTimeOffset now)
    {
        var last = LastNanos.GetOrCreateValue(time);
        lock (last)
        {
            last.Value = Math.Max(last.Value + 1, (now - DateTimeOffset.UnixEpoch).Ticks * 100);
            return string.Create(CultureInfo.InvariantCulture, $"{about}.{last.Value:x}");
        }
    }

    private static DateTime Seconds(DateTimeOffset now) => DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()).UtcDateTime;

    private sealed record Similar(HashSet<string> Messages)
    {
        public TimeSpan Last { get; set; }
    }

    private readonly record struct Written(string Name, int Count, DateTime First);
    private readonly record struct Bucket(double Tokens, TimeSpan At);
}

/// <summary>Who reports: the component, and the node it runs on if it belongs to one.</summary>
internal readonly record struct EventSource(string Component, string? Host);

/// <param name="Count">1: to be created; more: to be patched.</param>
internal sealed record Correlated(string Name, int Count, DateTime First, DateTime Last, string Message);
