using System.Reflection;
using System.Text;

namespace Coxswain.Api;

/// <summary>The text of one package's types (<c>core.v1.types</c>): where each type's lines begin.</summary>
internal sealed class SchemaText
{
    private readonly byte[] _text;
    private readonly Dictionary<string, Range> _types = new(StringComparer.Ordinal);

    private SchemaText(byte[] text)
    {
        _text = text;
        var start = 0;
        if (text.AsSpan().StartsWith("group "u8))
        {
            start = Array.IndexOf(text, (byte)'\n') + 1;
            Group = Encoding.UTF8.GetString(text.AsSpan("group ".Length..(start - 1)));
            if (Group == "core") Group = "";
        }
        FindTypes(start);
    }

    /// <summary>The API group that the package belongs to; null for one of none.</summary>
    public string? Group { get; }

    public IEnumerable<string> Names => _types.Keys;

    /// <summary>Null when there is no such package.</summary>
    public static SchemaText? Open(string package)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{package}.types");
        if (resource is null) return null;
        var text = new byte[resource.Length];
        resource.ReadExactly(text);
        return new SchemaText(text);
    }

    public bool Contains(string name) => _types.ContainsKey(name);

    /// <summary>The type's lines, the first without its name; null when there is no such type.</summary>
    public string? Find(string name) => _types.TryGetValue(name, out var lines) ? Encoding.UTF8.GetString(_text.AsSpan(lines)) : null;

    /// <summary>A line that is not indented begins a type: its name goes up to the first space.</summary>
    private void FindTypes(int at)
    {
        while (at < _text.Length)
        {
            var rest = _text.AsSpan(at);
            var start = at + rest.IndexOfAny((byte)' ', (byte)'\n');
            var end = at + rest.IndexOf((byte)'\n') + 1;
            while (end < _text.Length && _text[end] == ' ') end += _text.AsSpan(end).IndexOf((byte)'\n') + 1;
            _types.Add(Encoding.UTF8.GetString(_text.AsSpan(at..start)), start..end);
            at = end;
        }
    }
}
