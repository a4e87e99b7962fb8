using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Coxswain.Api;

/// <summary>How a JSON value fits a field.</summary>
internal enum ScalarFit
{
    Good,
    /// <summary>The decode goes on, to find other faults; the text says what stood there.</summary>
    WrongType,
    /// <summary>As the above, in a type with a decoder of its own.</summary>
    WrongInner,
    /// <summary>Refused by a type's own decoder with this text.</summary>
    Refused,
    /// <summary>Noted with this text.</summary>
    Bad,
}

/// <summary>Single values: strings, numbers, booleans, times, quantities, base64.</summary>
internal static class GoScalars
{
    public static string KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        _ => "bool",
    };

    /// <summary>Writes the value to <paramref name="writer"/> when it fits, else leaves <paramref name="text"/> for the message. The value is consumed.</summary>
    public static ScalarFit Convert(ref Utf8JsonReader reader, SchemaKind kind, Utf8JsonWriter writer, out string text)
    {
        if (kind == SchemaKind.Quantity) return OfQuantity(ref reader, writer, out text);
        text = KindOf(reader.TokenType);
        var fit = kind switch
        {
            SchemaKind.Time or SchemaKind.MicroTime => OfTime(ref reader, kind, writer, ref text),
            SchemaKind.IntOrString => OfIntOrString(ref reader, writer, ref text),
            SchemaKind.Bytes => OfBase64(ref reader, writer, ref text),
            SchemaKind.Boolean => OfBoolean(ref reader, writer),
            SchemaKind.Int32 or SchemaKind.Int64 or SchemaKind.Double => OfNumber(ref reader, kind, writer, ref text),
            _ => OfString(ref reader, writer),
        };
        if (fit != ScalarFit.Good) reader.Skip();
        return fit;
    }

    /// <summary>A string or property name; what is no Unicode becomes U+FFFD, as in Go.</summary>
    public static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException) // half a surrogate pair
        {
            return GoUnquote.Text(reader.ValueSpan);
        }
    }

    public static byte[] RawValue(ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return Encoding.UTF8.GetBytes(document.RootElement.GetRawText());
    }

    private static ScalarFit OfString(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        if (reader.TokenType != JsonTokenType.String) return ScalarFit.WrongType;
        writer.WriteStringValue(Text(ref reader));
        return ScalarFit.Good;
    }

    private static ScalarFit OfBoolean(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False)) return ScalarFit.WrongType;
        writer.WriteBooleanValue(reader.TokenType == JsonTokenType.True);
        return ScalarFit.Good;
    }

    private static ScalarFit OfNumber(ref Utf8JsonReader reader, SchemaKind kind, Utf8JsonWriter writer, ref string text)
    {
        if (reader.TokenType != JsonTokenType.Number) return ScalarFit.WrongType;
        var fits = kind == SchemaKind.Double ? reader.TryGetDouble(out _)
            : kind == SchemaKind.Int32 ? Utf8Parser.TryParse(reader.ValueSpan, out int _, out var used) && used == reader.ValueSpan.Length
            : Utf8Parser.TryParse(reader.ValueSpan, out long _, out used) && used == reader.ValueSpan.Length;
        if (fits)
        {
            writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
            return ScalarFit.Good;
        }
        text = $"number {Encoding.UTF8.GetString(reader.ValueSpan)}";
        return ScalarFit.WrongType;
    }

    private static ScalarFit OfTime(ref Utf8JsonReader reader, SchemaKind kind, Utf8JsonWriter writer, ref string text)
    {
        if (reader.TokenType != JsonTokenType.String) return ScalarFit.WrongInner;
        var value = Text(ref reader);
        if (!GoTime.TryParse(value, kind == SchemaKind.MicroTime ? GoTime.Micros : GoTime.Seconds, out _, out var error))
        {
            text = error!;
            return ScalarFit.Refused;
        }
        writer.WriteStringValue(value);
        return ScalarFit.Good;
    }

    private static ScalarFit OfIntOrString(ref Utf8JsonReader reader, Utf8JsonWriter writer, ref string text)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            writer.WriteStringValue(Text(ref reader));
            return ScalarFit.Good;
        }
        if (reader.TokenType == JsonTokenType.Number)
        {
            var fit = OfNumber(ref reader, SchemaKind.Int32, writer, ref text);
            return fit == ScalarFit.Good ? fit : ScalarFit.WrongInner;
        }
        return ScalarFit.WrongInner;
    }

    private static ScalarFit OfQuantity(ref Utf8JsonReader reader, Utf8JsonWriter writer, out string text)
    {
        var value = reader.TokenType == JsonTokenType.String ? Text(ref reader) : Encoding.UTF8.GetString(RawValue(ref reader));
        if (!Quantity.TryParse(value, out _, out var error))
        {
            text = error!;
            return ScalarFit.Refused;
        }
        text = "";
        writer.WriteStringValue(value.Trim());
        return ScalarFit.Good;
    }

    /// <summary>Line breaks inside are ignored, as Go does.</summary>
    private static ScalarFit OfBase64(ref Utf8JsonReader reader, Utf8JsonWriter writer, ref string text)
    {
        if (reader.TokenType != JsonTokenType.String) return ScalarFit.WrongType;
        var value = Text(ref reader);
        var bad = GoBase64.FirstBad(value);
        if (bad >= 0)
        {
            text = string.Create(CultureInfo.InvariantCulture, $"illegal base64 data at input byte {bad}");
            return ScalarFit.Bad;
        }
        writer.WriteStringValue(value.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
        return ScalarFit.Good;
    }
}
