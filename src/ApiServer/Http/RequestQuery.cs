using Coxswain.Api;

namespace Coxswain.ApiServer.Http;

/// <summary>A query string, read on demand: most requests have none or need one value of it. A pair that is badly encoded counts as not there, as in Go.</summary>
internal readonly struct RequestQuery(string? text)
{
    /// <summary>With the leading question mark; empty or null for none.</summary>
    private readonly string _text = text ?? "";

    /// <summary>The first value of <paramref name="name"/>, decoded; null when it is not there.</summary>
    public string? Get(string name)
    {
        var start = 1;
        return Next(name, ref start);
    }

    public List<string> All(string name)
    {
        var values = new List<string>();
        for (var start = 1; Next(name, ref start) is { } value;) values.Add(value);
        return values;
    }

    private string? Next(string name, ref int start)
    {
        while (start < _text.Length)
        {
            var end = _text.IndexOf('&', start);
            if (end < 0) end = _text.Length;
            var value = ValueOf(_text.AsSpan(start, end - start), name);
            start = end + 1;
            if (value is not null) return value;
        }
        return null;
    }

    /// <summary>Present and neither <c>false</c> nor <c>0</c>: how upstream reads booleans in a query.</summary>
    public bool Bool(string name) => OptionalBool(name) ?? false;

    public bool? OptionalBool(string name) => Get(name) switch
    {
        null => null,
        var value => !(value == "0" || value.Equals("false", StringComparison.OrdinalIgnoreCase)),
    };

    public long? Integer(string name)
    {
        if (Get(name) is not { } value) return null;
        return GoNumber.TryInt64(value, out var number, out var error) ? number : throw ApiErrors.BadRequest(error!);
    }

    private static string? ValueOf(ReadOnlySpan<char> pair, string name)
    {
        var equals = pair.IndexOf('=');
        var key = equals < 0 ? pair : pair[..equals];
        if (!key.SequenceEqual(name) && (!key.ContainsAny('%', '+') || Decode(key) != name)) return null;
        if (pair.Contains(';') || !PercentEncoding.IsValid(pair)) return null;
        return equals < 0 ? "" : Decode(pair[(equals + 1)..]);
    }

    private static string Decode(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAny('%', '+')) return text.ToString();
        return Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
    }
}
