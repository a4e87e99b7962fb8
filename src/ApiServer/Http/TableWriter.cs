using System.Buffers;
using System.Text.Json;
using System.Text.Encodings.Web;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Http;

/// <summary>How much of the object each row carries.</summary>
internal enum IncludeObject { Metadata, None, Object }

/// <summary>Writes <c>meta.k8s.io Table</c>s: what <c>kubectl get</c> prints.</summary>
internal sealed class TableWriter : IDisposable
{
    private readonly ResourceEndpoint _endpoint;
    private readonly TableKind _kind;
    private readonly IncludeObject _include;
    private readonly string _version;
    private readonly DateTime _now;
    private readonly Utf8JsonWriter _json;
    private readonly ArrayBufferWriter<byte> _scratch = new();

    /// <param name="shown">See <see cref="TableKind.Of"/>.</param>
    public TableWriter(IBufferWriter<byte> output, ResourceEndpoint endpoint, IncludeObject include, string version, DateTime now, object? shown = null)
    {
        (_endpoint, _kind, _include, _version, _now) = (endpoint, TableKind.Of(endpoint, shown), include, version, now);
        _json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <param name="metadata">The list's metadata, as JSON.</param>
    /// <param name="headers">False in a watch after its first event: the columns are known by then.</param>
    public void Begin(ReadOnlySpan<byte> metadata, bool headers = true)
    {
        _json.WriteStartObject();
        _json.WriteString("kind"u8, "Table"u8);
        _json.WriteString("apiVersion"u8, _version == "v1" ? "meta.k8s.io/v1"u8 : "meta.k8s.io/v1beta1"u8);
        _json.WritePropertyName("metadata"u8);
        _json.WriteRawValue(metadata, skipInputValidation: true);
        _json.WritePropertyName("columnDefinitions"u8);
        if (headers) WriteColumns();
        else _json.WriteNullValue();
        _json.WriteStartArray("rows"u8);
    }

    public void Row(StoredValue stored, ReadOnlyMemory<byte> bytes) => Row(_endpoint.ObjectOf(stored), bytes);

    public void Row(IKubernetesObject<V1ObjectMeta> value, ReadOnlyMemory<byte> bytes)
    {
        _json.WriteStartObject();
        _json.WriteStartArray("cells"u8);
        var cells = _kind.Cells(value, _now);
        var columns = _kind.Columns;
        for (var i = 0; i < columns.Count; i++)
        {
            var cell = i < cells.Length ? cells[i] : null;
            if (cell is null && columns[i].Name == "Age") cell = HumanDuration.Since(value.Metadata.CreationTimestamp, _now);
            WriteCell(cell);
        }
        _json.WriteEndArray();
        if (_kind.Completion(value) is { } completion) WriteCompletion(completion.Reason, completion.Message);
        _json.WritePropertyName("object"u8);
        WriteObject(bytes.Span);
        _json.WriteEndObject();
    }

    public void End()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>Moves what was written so far to the output, so that it can be sent.</summary>
    public void Flush() => _json.Flush();

    public void Dispose() => _json.Dispose();

    private void WriteColumns()
    {
        _json.WriteStartArray();
        foreach (var column in _kind.Columns) WriteColumn(column);
        _json.WriteEndArray();
    }

    private void WriteColumn(TableColumn column)
    {
        _json.WriteStartObject();
        _json.WriteString("name"u8, column.Name);
        _json.WriteString("type"u8, column.Type);
        _json.WriteString("format"u8, column.Format);
        _json.WriteString("description"u8, column.Description);
        _json.WriteNumber("priority"u8, column.Priority);
        _json.WriteEndObject();
    }

    /// <summary>The one condition that rows have: kubectl and others may fade or hide such a row.</summary>
    private void WriteCompletion(string reason, string message)
    {
        _json.WriteStartArray("conditions"u8);
        _json.WriteStartObject();
        _json.WriteString("type"u8, "Completed"u8);
        _json.WriteString("status"u8, "True"u8);
        _json.WriteString("reason"u8, reason);
        _json.WriteString("message"u8, message);
        _json.WriteEndObject();
        _json.WriteEndArray();
    }

    private void WriteCell(object? cell)
    {
        switch (cell)
        {
            case null: _json.WriteNullValue(); break;
            case string s: _json.WriteStringValue(s); break;
            case long n: _json.WriteNumberValue(n); break;
            case int n: _json.WriteNumberValue(n); break;
            case bool b: _json.WriteBooleanValue(b); break;
            default: _json.WriteStringValue(cell.ToString()); break;
        }
    }

    private void WriteObject(ReadOnlySpan<byte> bytes)
    {
        if (_include == IncludeObject.None)
        {
            _json.WriteNullValue();
            return;
        }
        if (_include == IncludeObject.Object)
        {
            _json.WriteRawValue(bytes, skipInputValidation: true);
            return;
        }
        _scratch.ResetWrittenCount();
        ObjectMetadata.WritePartial(_scratch, bytes, _version);
        _json.WriteRawValue(_scratch.WrittenSpan, skipInputValidation: true);
    }
}
