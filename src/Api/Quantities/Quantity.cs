using System.Globalization;

namespace Coxswain.Api;

/// <summary>How a quantity is spelt: <c>1500m</c>, <c>1536Mi</c> or <c>15e2</c>.</summary>
public enum QuantityFormat { DecimalSI, BinarySI, DecimalExponent }

/// <summary>A fixed-point amount of a resource, exact to one billionth, as upstream's <c>resource.Quantity</c>.</summary>
public readonly struct Quantity : IComparable<Quantity>, IEquatable<Quantity>
{
    internal const string FormatError = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    private static readonly Int128 Billion = 1_000_000_000;
    /// <summary>Far from where sums of two overflow.</summary>
    private static readonly Int128 Limit = Int128.MaxValue / 4;

    private readonly Int128 _nano;

    internal Quantity(Int128 nano, QuantityFormat format) => (_nano, Format) = (nano > Limit ? Limit : nano < -Limit ? -Limit : nano, format);

    public QuantityFormat Format { get; }

    public static Quantity Zero => default;

    public static Quantity FromInt64(long value) => new(value * Billion, QuantityFormat.DecimalSI);

    public static bool TryParse(string text, out Quantity value, out string? error) => QuantityParser.TryParse(text, out value, out error);
    /// <exception cref="FormatException">With upstream's text.</exception>
    public static Quantity Parse(string text) => TryParse(text, out var value, out var error) ? value : throw new FormatException(error);

    public bool IsZero => _nano == 0;
    public int Sign => Int128.Sign(_nano);
    /// <summary>Whole units (cores, bytes), rounded up.</summary>
    public long Value => Capped(Divide(Billion));
    /// <summary>Thousandths, rounded up and capped.</summary>
    public long MilliValue => Capped(Divide(1_000_000));

    public Quantity RoundUpToMilli() => new(Divide(1_000_000) * 1_000_000, Format);

    public static Quantity operator +(Quantity a, Quantity b) => new(a._nano + b._nano, a.IsZero ? b.Format : a.Format);
    public static Quantity operator -(Quantity a, Quantity b) => new(a._nano - b._nano, a.IsZero ? b.Format : a.Format);
    public static Quantity operator -(Quantity a) => new(-a._nano, a.Format);
    public static bool operator <(Quantity a, Quantity b) => a._nano < b._nano;
    public static bool operator >(Quantity a, Quantity b) => a._nano > b._nano;
    public static bool operator <=(Quantity a, Quantity b) => a._nano <= b._nano;
    public static bool operator >=(Quantity a, Quantity b) => a._nano >= b._nano;
    public static bool operator ==(Quantity a, Quantity b) => a._nano == b._nano;
    public static bool operator !=(Quantity a, Quantity b) => a._nano != b._nano;

    public static Quantity Add(Quantity left, Quantity right) => left + right;
    public static Quantity Subtract(Quantity left, Quantity right) => left - right;
    public static Quantity Negate(Quantity item) => -item;
    public int CompareTo(Quantity other) => _nano.CompareTo(other._nano);
    public bool Equals(Quantity other) => _nano == other._nano;
    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);
    public override int GetHashCode() => _nano.GetHashCode();

    /// <summary>Canonical: no fraction, the largest suffix that keeps it exact, binary suffixes only from 1024 on.</summary>
    public override string ToString()
    {
        if (_nano == 0) return "0";
        if (Format == QuantityFormat.BinarySI && Int128.Abs(_nano) >= 1024 * Billion && _nano % Billion == 0) return BinaryText(_nano / Billion);
        return DecimalText();
    }

    private static long Capped(Int128 value) => value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value;

    private static string BinaryText(Int128 value)
    {
        var power = 0;
        for (; value % 1024 == 0; power++) value /= 1024;
        return value.ToString(CultureInfo.InvariantCulture) + QuantityParser.BinarySuffixes[power];
    }

    private string DecimalText()
    {
        var (value, exponent) = (_nano, -9);
        for (; value % 1000 == 0 && exponent < 18; exponent += 3) value /= 1000;
        var digits = value.ToString(CultureInfo.InvariantCulture);
        if (Format == QuantityFormat.DecimalExponent) return exponent == 0 ? digits : $"{digits}e{exponent}";
        return digits + QuantityParser.DecimalSuffixes[exponent / 3 + 3];
    }

    private Int128 Divide(Int128 unit)
    {
        var (quotient, remainder) = Int128.DivRem(_nano, unit);
        // Away from zero: whoever asks for a little gets at least that.
        return remainder == 0 ? quotient : quotient + Int128.Sign(_nano);
    }
}
