using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace Coxswain.Api;

/// <summary>Collects every finding about one object, so that a caller sees all of them at once.</summary>
public sealed class FieldErrors : IReadOnlyList<FieldError>
{
    /// <summary>In characters. After so many, findings are dropped: a large object can have a million, and each may quote much of it.</summary>
    private const int MaximumText = 1024 * 1024;

    private readonly List<FieldError> _errors = [];
    private int _length;

    public int Count => _errors.Count;
    public FieldError this[int index] => _errors[index];

    private bool IsFull => _length > MaximumText;

    public void Required(FieldPath field, string detail = "") => Add(FieldErrorType.Required, field, With("Required value", detail));
    public void Invalid(FieldPath field, object? value, string detail)
    {
        if (!IsFull) Add(FieldErrorType.Invalid, field, With($"Invalid value: {Format(value)}", detail));
    }
    /// <summary>One finding for each of <paramref name="details"/>: what the rules of <see cref="NameRules"/> and <see cref="ValueRules"/> answered.</summary>
    public void InvalidAll(FieldPath field, object? value, IReadOnlyList<string> details)
    {
        for (var i = 0; i < details.Count; i++) Invalid(field, value, details[i]);
    }
    public void NotSupported(FieldPath field, object? value, params ReadOnlySpan<string> supported)
    {
        if (IsFull) return;
        var quoted = new List<string>();
        foreach (var s in supported) quoted.Add(Format(s));
        Add(FieldErrorType.NotSupported, field, With($"Unsupported value: {Format(value)}", quoted.Count == 0 ? "" : $"supported values: {string.Join(", ", quoted)}"));
    }
    public void Duplicate(FieldPath field, object? value, string detail = "") => Add(FieldErrorType.Duplicate, field, With($"Duplicate value: {Format(value)}", detail));
    public void NotFound(FieldPath field, object? value) => Add(FieldErrorType.NotFound, field, $"Not found: {Format(value)}");
    public void Forbidden(FieldPath field, string detail) => Add(FieldErrorType.Forbidden, field, With("Forbidden", detail));
    /// <param name="maximum">The longest that would do, in bytes.</param>
    public void TooLong(FieldPath field, int maximum) => Add(FieldErrorType.TooLong, field, $"Too long: may not be more than {maximum} bytes");
    public void TooMany(FieldPath field, int actual, int maximum) => Add(FieldErrorType.TooMany, field, $"Too many: {actual}: must have at most {maximum} items");
    public void Internal(FieldPath field, string detail) => Add(FieldErrorType.InternalError, field, With("Internal error", detail));

    private void Add(FieldErrorType type, FieldPath field, string detail)
    {
        if (IsFull) return;
        if (detail.Length > MaximumText) detail = $"{detail.AsSpan(0, MaximumText)}...";
        var error = new FieldError(type, field.ToString(), detail);
        _length += error.Field.Length + detail.Length;
        _errors.Add(error);
    }

    private static string With(string head, string detail) => detail.Length == 0 ? head : $"{head}: {detail}";

    /// <summary>Strings are quoted as Go's %q does, numbers and booleans bare, anything else as JSON.</summary>
    private static string Format(object? value) => value switch
    {
        null => "null",
        string s => GoText.Quote(s),
        bool b => b ? "true" : "false",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        JsonElement e => e.GetRawText(),
        _ => value.ToString() ?? "null",
    };

    public IEnumerator<FieldError> GetEnumerator() => _errors.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
