using System.Globalization;
using System.Text.Json;

namespace Coxswain.Api;

/// <summary>RFC 3339 times as Go's <c>time.Parse</c> reads them, with its error texts.</summary>
internal static class GoTime
{
    public const string Seconds = "2006-01-02T15:04:05Z07:00";
    public const string Micros = "2006-01-02T15:04:05.000000Z07:00";

    public static DateTime? Read(ref Utf8JsonReader reader, string layout)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.String) throw new JsonException("not a time");
        return TryParse(reader.GetString()!, layout, out var time, out var error) ? time : throw new JsonException(error);
    }

    public static void Write(Utf8JsonWriter writer, DateTime? value, string layout)
    {
        if (value is not { } time || time == default)
        {
            writer.WriteNullValue();
            return;
        }
        Span<char> text = stackalloc char[32];
        Format(time, layout, text, out var length);
        writer.WriteStringValue(text[..length]);
    }

    private static void Format(DateTime time, string layout, Span<char> text, out int length)
    {
        if (time.Kind == DateTimeKind.Local) time = time.ToUniversalTime();
        var format = layout == Micros ? "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'" : "yyyy-MM-dd'T'HH:mm:ss'Z'";
        time.TryFormat(text, out length, format, CultureInfo.InvariantCulture);
    }

    /// <param name="time">UTC.</param>
    public static bool TryParse(string value, string layout, out DateTime time, out string? error)
    {
        time = default;
        var scan = new Scan(value, layout);
        int year = scan.Number(4, "2006"), month = scan.After("-").Number(2, "01"), day = scan.After("-").Number(2, "02");
        int hour = scan.After("T").Number(2, "15"), minute = scan.After(":").Number(2, "04"), second = scan.After(":").Number(2, "05");
        var ticks = scan.Fraction(layout == Micros);
        var offset = scan.Offset();
        error = scan.Error ?? OutOfRange(value, year, month, day, hour, minute, second)
            ?? (scan.Rest.Length > 0 ? $"parsing time {GoText.Quote(value)}: extra text: {GoText.Quote(scan.Rest.ToString())}" : null);
        if (error is not null) return false;
        // Go knows a year 0; nothing that Kubernetes stores is that old.
        if (year == 0) return true;
        var utc = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks + ticks - offset.Ticks;
        time = new DateTime(Math.Clamp(utc, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
        return true;
    }

    private static string? OutOfRange(string value, int year, int month, int day, int hour, int minute, int second)
    {
        var what = month is < 1 or > 12 ? "month"
            : day < 1 || day > DateTime.DaysInMonth(Math.Max(year, 4), month) ? "day"
            : hour > 23 ? "hour" : minute > 59 ? "minute" : second > 59 ? "second" : null;
        return what is null ? null : $"parsing time {GoText.Quote(value)}: {what} out of range";
    }

    /// <summary>Walks the layout; after the first thing that does not fit it only keeps the error.</summary>
    private sealed class Scan(string value, string layout)
    {
        private int _at;

        public string? Error { get; private set; }
        public ReadOnlySpan<char> Rest => value.AsSpan(_at);

        public Scan After(string literal)
        {
            if (Error is null && !Rest.StartsWith(literal)) Fail(literal);
            else _at += literal.Length;
            return this;
        }

        public int Number(int digits, string element)
        {
            if (Error is not null) return 0;
            if (_at + digits > value.Length || !int.TryParse(value.AsSpan(_at, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                Fail(element);
                return 0;
            }
            _at += digits;
            return number;
        }

        /// <summary>A fraction may follow the seconds whether the layout has one or not; where it has one, its six digits must be there.</summary>
        public long Fraction(bool six)
        {
            if (Error is not null) return 0;
            var end = _at;
            if (end < value.Length && value[end] is '.' or ',')
            {
                end++;
                while (end < value.Length && char.IsAsciiDigit(value[end])) end++;
            }
            var digits = end - _at - 1;
            if (six && (digits < 6 || value[_at] != '.'))
            {
                Fail(".000000");
                return 0;
            }
            if (digits < 1) return 0;
            if (six) (digits, end) = (6, _at + 7);
            var text = value.AsSpan(_at + 1, Math.Min(digits, 7));
            var ticks = long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
            for (var i = text.Length; i < 7; i++) ticks *= 10;
            _at = end;
            return ticks;
        }

        public TimeSpan Offset()
        {
            if (Error is not null) return default;
            if (Rest is ['Z', ..])
            {
                _at++;
                return default;
            }
            var rest = Rest;
            if (rest.Length < 6 || rest[0] is not ('+' or '-') || rest[3] != ':'
                || !int.TryParse(rest.Slice(1, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var hours) || hours > 24
                || !int.TryParse(rest.Slice(4, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || minutes > 60)
            {
                Fail("Z07:00");
                return default;
            }
            _at += 6;
            var offset = new TimeSpan(hours, minutes, 0);
            return rest[0] == '-' ? -offset : offset;
        }

        private void Fail(string element) =>
            Error = $"parsing time {GoText.Quote(value)} as {GoText.Quote(layout)}: cannot parse {GoText.Quote(Rest.ToString())} as {GoText.Quote(element)}";
    }
}
