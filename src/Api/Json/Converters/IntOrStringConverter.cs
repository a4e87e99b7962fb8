using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>A number or a string, and a string of digits stays a string.</summary>
internal sealed class IntOrStringConverter : JsonConverter<IntOrString>
{
    public override IntOrString? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.GetInt32(),
        JsonTokenType.String => OfText(reader.GetString()!),
        _ => throw new JsonException("neither a number nor a string"),
    };

    public override void Write(Utf8JsonWriter writer, IntOrString value, JsonSerializerOptions options)
    {
        if (value.TryGetInt(out var number)) writer.WriteNumberValue(number);
        else writer.WriteStringValue(value.Value ?? "");
    }

    private static IntOrString OfText(string text)
    {
        if (IsNumber(text)) return new DigitString(text);
        return text;
    }

    private static bool IsNumber(string s) => int.TryParse(s, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    /// <summary>Keeps "80" apart from 80, which the package's type cannot.</summary>
    internal sealed class DigitString : IntOrString
    {
        public DigitString(string value) => TextOf(this) = value;

        // The package offers no way to set a string without it being taken for a number.
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Value>k__BackingField")]
        private static extern ref string TextOf(IntOrString value);
    }
}
