using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Coxswain.Api;

namespace Coxswain.Client;

/// <summary>
/// Reports what happens to objects as Events. Reporting never waits and never fails: occurrences go through a bounded queue (full: the newest is
/// dropped), repeats become counts on one Event, and the API's errors are retried a while, then logged.
/// </summary>
public sealed partial class EventRecorder
{
    private const int LaneCapacity = 1000;
    private const int Attempts = 12;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly IApiClient _client;
    private readonly EventSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EventCorrelator _correlator;
    private readonly Channel<Occurrence>[] _lanes; // an object's Events stay in one lane, and so in order

    /// <param name="component">Who reports: <c>kubelet</c>, <c>deployment-controller</c> ...</param>
    /// <param name="host">The node that the component belongs to, or null.</param>
    /// <param name="lanes">Writes in flight at once.</param>
    public EventRecorder(IApiClient client, string component, string? host, TimeProvider time, ILogger logger, int lanes = 1)
    {
        (_client, _source, _time, _logger) = (client, new EventSource(component, host), time, logger);
        _correlator = new EventCorrelator(time);
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => Channel.CreateBounded<Occurrence>(new BoundedChannelOptions(LaneCapacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }))];
    }

    /// <summary>Reports something ordinary.</summary>
    public void Normal<T>(ResourceType<T> type, T about, string reason, string message) where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        Record(ObjectReferences.To(type, about), "Normal", reason, message);

    /// <summary>Reports something that someone should look at.</summary>
    public void Warning<T>(ResourceType<T> type, T about, string reason, string message) where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        Record(ObjectReferences.To(type, about), "Warning", reason, message);

    /// <param name="about">With uid, and <c>fieldPath</c> when a part is meant.</param>
    /// <param name="type">Normal or Warning.</param>
    public void Record(V1ObjectReference about, string type, string reason, string message)
    {
        var occurrence = new Occurrence(about, type, reason, message);
        _lanes[(uint)(about.Uid ?? about.Name).GetHashCode(StringComparison.Ordinal) % _lanes.Length].Writer.TryWrite(occurrence);
    }

    /// <summary>Writes what was reported until <paramref name="ct"/>; what is still queued then is lost.</summary>
    public Task RunAsync(CancellationToken ct) => Task.WhenAll(_lanes.Select(lane => DrainAsync(lane.Reader, ct)));

    private async Task DrainAsync(ChannelReader<Occurrence> lane, CancellationToken ct)
    {
        try
        {
            await foreach (var (about, type, reason, message) in lane.ReadAllAsync(ct))
            {
                if (_correlator.Correlate(_source, about, type, reason, message) is { } correlated)
                {
                    await WriteAsync(about, type, reason, correlated, ct);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    private async Task WriteAsync(V1ObjectReference about, string type, string reason, Correlated correlated, CancellationToken ct)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), MaxWait);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await TryWriteAsync(about, type, reason, correlated, ct);
                return;
            }
            catch (StatusException e) when (e.Code is < 500 and not 429)
            {
                LogRejected(reason, about.Kind, about.Name, e.Message); // the namespace is going, for one: asking again will not help
                return;
            }
            catch (Exception e) when (!ct.IsCancellationRequested) // boundary: the recorder must outlive any outage
            {
                if (attempt == Attempts)
                {
                    LogGivenUp(e, reason, about.Kind, about.Name);
                    return;
                }
            }
            await Task.Delay(backoff.Next(), _time, ct);
        }
    }

    private async Task TryWriteAsync(V1ObjectReference about, string type, string reason, Correlated correlated, CancellationToken ct)
    {
        var ns = string.IsNullOrEmpty(about.NamespaceProperty) ? "default" : about.NamespaceProperty;
        if (correlated.Count > 1)
        {
            try
            {
                await _client.PatchAsync(Kinds.Events, ns, correlated.Name, CountPatch(correlated), null, ct);
                return;
            }
            catch (StatusException e) when (e.Code == 404) { } // it has aged away: write it anew, with the count it has reached
        }
        await _client.CreateAsync(Kinds.Events, NewEvent(ns, about, type, reason, correlated), ct);
    }

    private Corev1Event NewEvent(string ns, V1ObjectReference about, string type, string reason, Correlated correlated)
    {
        var value = Kinds.Events.New(ns, correlated.Name);
        value.InvolvedObject = about;
        value.Reason = reason;
        value.Message = correlated.Message;
        value.Type = type;
        value.Count = correlated.Count;
        value.FirstTimestamp = correlated.First;
        value.LastTimestamp = correlated.Last;
        value.Source = new V1EventSource { Component = _source.Component, Host = _source.Host };
        value.ReportingComponent = _source.Component;
        value.ReportingInstance = _source.Host ?? "";
        return value;
    }

    private static Patch CountPatch(Correlated correlated)
    {
        var body = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber("count", correlated.Count);
            json.WriteString("lastTimestamp", correlated.Last.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture));
            json.WriteString("message", correlated.Message);
            json.WriteEndObject();
        }
        return new Patch(PatchType.StrategicMerge, body.WrittenMemory);
    }

    private readonly record struct Occurrence(V1ObjectReference About, string Type, string Reason, string Message);

    [LoggerMessage(EventId = 2201, Level = LogLevel.Debug, Message = "Event {Reason} about {Kind} {Name} rejected: {Why}")]
    private partial void LogRejected(string reason, string kind, string name, string why);

    [LoggerMessage(EventId = 2202, Level = LogLevel.Warning, Message = "Event {Reason} about {Kind} {Name} could not be written")]
    private partial void LogGivenUp(Exception e, string reason, string kind, string name);
}
