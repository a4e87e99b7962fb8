using System.Text.Json;
using Coxswain.ApiServer.Resources;
using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>
/// What readers need of a stored value besides its bytes, derived once and kept on <see cref="StoredValue.Attachment"/>: labels, selectable fields, and
/// while somebody in this process wants it the decoded object, shared by all of them.
/// </summary>
public sealed class StoredObject
{
    private static readonly KeyValuePair<string, string>[] None = [];

    // The object itself while the value is the newest of its key; a weak reference once it is superseded, and always when it is large (a decoded text takes twice its
    // bytes): readers that still show it hold it themselves.
    private object? _value;
    private bool _superseded;

    private StoredObject(KeyValuePair<string, string>[] labels, string?[]? fields) => (Labels, Fields) = (labels, fields);

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; }
    /// <summary>The values of <see cref="ResourceDefinition.SelectableFields"/>, in that order; null until somebody selects by them.</summary>
    internal string?[]? Fields { get; set; }
    /// <summary>For a watch that this value has left: the state before, with this value's revision.</summary>
    internal byte[]? LeftJson { get; set; }
    /// <summary>The bytes in another served version.</summary>
    internal byte[]? ServedJson { get; set; }

    /// <summary>At commit, from the object at hand.</summary>
    /// <param name="length">Of its bytes.</param>
    internal static StoredObject From(ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> value, int length, bool keep)
    {
        var labels = value.Metadata.Labels is { Count: > 0 } l ? l.ToArray() : None;
        return new StoredObject(labels, FieldsOf(definition, value)) { _value = keep ? Holding(value, length) : null };
    }

    /// <summary>The attachment of a value, made from the bytes when it has none yet.</summary>
    public static StoredObject Of(StoredValue stored)
    {
        if (stored.Attachment is StoredObject known) return known;
        var made = new StoredObject(ReadLabels(stored.Bytes.Span), null);
        stored.Attachment = made;
        return made;
    }

    /// <summary>The decoded object, or null when nobody asked for it yet.</summary>
    internal IKubernetesObject<V1ObjectMeta>? Peek() => Volatile.Read(ref _value) switch // once: another thread may put the weak reference there meanwhile
    {
        WeakReference<IKubernetesObject<V1ObjectMeta>> weak => weak.TryGetTarget(out var target) ? target : null,
        var value => (IKubernetesObject<V1ObjectMeta>?)value,
    };

    internal IKubernetesObject<V1ObjectMeta> Value(ResourceDefinition definition, StoredValue stored)
    {
        if (Peek() is { } known) return known;
        LargeGarbage.Made(stored.Bytes.Length);
        var value = definition.ResourceType.DecodeObject(stored.Bytes.Span);
        Interlocked.Exchange(ref _value, Holding(value, stored.Bytes.Length));
        if (Volatile.Read(ref _superseded)) Supersede();
        return value;
    }

    internal string? Field(ResourceDefinition definition, StoredValue stored, int index)
    {
        Fields ??= FieldsOf(definition, Peek() ?? definition.ResourceType.DecodeObject(stored.Bytes.Span));
        return Fields![index];
    }

    /// <summary>A newer value of the key is there: history need not keep the object alive.</summary>
    internal void Supersede()
    {
        Volatile.Write(ref _superseded, true);
        Interlocked.MemoryBarrier(); // whoever writes the object after this look sees the mark
        if (Volatile.Read(ref _value) is IKubernetesObject<V1ObjectMeta> value) Volatile.Write(ref _value, new WeakReference<IKubernetesObject<V1ObjectMeta>>(value));
    }

    private static object Holding(IKubernetesObject<V1ObjectMeta> value, int length) =>
        length >= LargeGarbage.From ? new WeakReference<IKubernetesObject<V1ObjectMeta>>(value) : value;

    private static string?[]? FieldsOf(ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> value)
    {
        var names = definition.SelectableFields;
        if (names.Count == 0) return null;
        var fields = new string?[names.Count];
        for (var i = 0; i < fields.Length; i++) fields[i] = definition.FieldValueOf(value, names[i]);
        return fields;
    }

    private static KeyValuePair<string, string>[] ReadLabels(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!StoredJson.EnterMetadata(ref reader)) return None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("labels"u8);
            reader.Read();
            if (found) return ReadMap(ref reader);
            reader.Skip();
        }
        return None;
    }

    private static KeyValuePair<string, string>[] ReadMap(ref Utf8JsonReader reader)
    {
        var labels = new List<KeyValuePair<string, string>>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            labels.Add(new(key, reader.GetString() ?? ""));
        }
        return [.. labels];
    }
}
