using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using k8s.Models;

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
    public static bool IsScalar(Type type) =>
        type == typeof(string) || type.IsValueType || type == typeof(byte[]) || type == typeof(ResourceQuantity) || type == typeof(IntOrString);

    public static string KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        _ => "bool",
    };

    /// <summary>Writes the value to <paramref name="writer"/> when it fits, else leaves <paramref name="text"/> for the message. The value is consumed.</summary>
    public static ScalarFit Convert(ref Utf8JsonReader reader, Type type, FieldShape shape, Utf8JsonWriter writer, out string text)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(ResourceQuantity)) return OfQuantity(ref reader, writer, out text);
        text = KindOf(reader.TokenType);
        var token = reader.TokenType;
        ScalarFit? fit = null;
        if (type == typeof(DateTime)) fit = OfTime(ref reader, shape, writer, ref text);
        else if (type == typeof(IntOrString)) fit = OfIntOrString(ref reader, writer, ref text);
        else if (token == JsonTokenType.String && type == typeof(string)) writer.WriteStringValue(Text(ref reader));
        else if (token == JsonTokenType.String && type == typeof(byte[])) fit = OfBase64(ref reader, writer, ref text);
        else if (token is JsonTokenType.True or JsonTokenType.False && type == typeof(bool)) writer.WriteBooleanValue(token == JsonTokenType.True);
        else if (token == JsonTokenType.Number && type != typeof(bool) && type.IsValueType) fit = OfNumber(ref reader, type, writer, ref text);
        else fit = ScalarFit.WrongType;
        if (fit is null) return ScalarFit.Good;
        if (fit != ScalarFit.Good) reader.Skip();
        return fit.Value;
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

    private static ScalarFit OfNumber(ref Utf8JsonReader reader, Type type, Utf8JsonWriter writer, ref string text)
    {
        var fits = type == typeof(double) ? reader.TryGetDouble(out _)
            : type == typeof(int) ? Utf8Parser.TryParse(reader.ValueSpan, out int _, out var used) && used == reader.ValueSpan.Length
            : Utf8Parser.TryParse(reader.ValueSpan, out long _, out used) && used == reader.ValueSpan.Length;
        if (fits)
        {
            writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
            return ScalarFit.Good;
        }
        text = $"number {Encoding.UTF8.GetString(reader.ValueSpan)}";
        return ScalarFit.WrongType;
    }

    private static ScalarFit OfTime(ref Utf8JsonReader reader, FieldShape shape, Utf8JsonWriter writer, ref string text)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return ScalarFit.WrongInner;
        }
        var value = Text(ref reader);
        if (!GoTime.TryParse(value, shape.Micro ? GoTime.Micros : GoTime.Seconds, out _, out var error))
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
            var fit = OfNumber(ref reader, typeof(int), writer, ref text);
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
