using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coxswain.Api;

/// <summary>metav1.Time: whole seconds, UTC, <c>null</c> when unset.</summary>
internal sealed class TimeConverter : JsonConverter<DateTime>
{
    public static TimeConverter Instance { get; } = new();
    public override bool HandleNull => true;
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => GoTime.Read(ref reader, GoTime.Seconds) ?? default;
    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) => GoTime.Write(writer, value, GoTime.Seconds);
}

internal sealed class NullableTimeConverter : JsonConverter<DateTime?>
{
    public static NullableTimeConverter Instance { get; } = new();
    public override bool HandleNull => true;
    public override DateTime? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => GoTime.Read(ref reader, GoTime.Seconds);
    public override void Write(Utf8JsonWriter writer, DateTime? value, JsonSerializerOptions options) => GoTime.Write(writer, value, GoTime.Seconds);
}

/// <summary>metav1.MicroTime: exactly six digits of a second.</summary>
internal sealed class MicroTimeConverter : JsonConverter<DateTime>
{
    public static MicroTimeConverter Instance { get; } = new();
    public override bool HandleNull => true;
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => GoTime.Read(ref reader, GoTime.Micros) ?? default;
    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) => GoTime.Write(writer, value, GoTime.Micros);
}

internal sealed class NullableMicroTimeConverter : JsonConverter<DateTime?>
{
    public static NullableMicroTimeConverter Instance { get; } = new();
    public override bool HandleNull => true;
    public override DateTime? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => GoTime.Read(ref reader, GoTime.Micros);
    public override void Write(Utf8JsonWriter writer, DateTime? value, JsonSerializerOptions options) => GoTime.Write(writer, value, GoTime.Micros);
}
