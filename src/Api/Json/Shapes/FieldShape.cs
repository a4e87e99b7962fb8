using System.Buffers;

namespace Coxswain.Api;

/// <summary>
/// How one type differs on the wire from what its C# properties say. Written as one line of words, a word a field:
/// <code>
/// name!       always written, even when empty          resources{}  a struct by value: {} when unset
/// stdin0      a plain number or boolean: left out at 0  type*        a pointer to a string: "" is kept
/// readyAt~    a time by value: null when unset          eventTime~6  the same, in microseconds; 6 alone: micros
/// foo-        not in v1.36                              a=v1.B       Go's name of the type, for messages
/// exec^P      lies in the embedded struct P, for messages
/// </code>
/// Without a word: strings, lists and maps are left out when empty, everything else when null; C# numbers and booleans that cannot be null are always written.
/// </summary>
internal sealed record FieldShape
{
    private static readonly SearchValues<char> AllMarks = SearchValues.Create("!{0*~6-=^");

    public static FieldShape Plain { get; } = new();

    public bool Always { get; init; }
    public bool Struct { get; init; }
    public bool Zero { get; init; }
    public bool Pointer { get; init; }
    public bool NullTime { get; init; }
    public bool Micro { get; init; }
    public bool Gone { get; init; }
    public string? GoType { get; init; }
    public string? Embedded { get; init; }

    /// <summary>Reads the line of one type.</summary>
    public static Dictionary<string, FieldShape> Parse(string line)
    {
        var fields = new Dictionary<string, FieldShape>(StringComparer.Ordinal);
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var end = word.AsSpan().IndexOfAny(AllMarks);
            fields[word[..end]] = Marks(word.AsSpan(end));
        }
        return fields;
    }

    private static FieldShape Marks(ReadOnlySpan<char> marks)
    {
        var shape = new FieldShape();
        while (marks.Length > 0)
        {
            var rest = marks[1..];
            switch (marks[0])
            {
                case '!': shape = shape with { Always = true }; break;
                case '{': shape = shape with { Struct = true }; rest = rest[1..]; break;
                case '0': shape = shape with { Zero = true }; break;
                case '*': shape = shape with { Pointer = true }; break;
                case '~': shape = shape with { NullTime = true }; break;
                case '6': shape = shape with { Micro = true }; break;
                case '-': shape = shape with { Gone = true }; break;
                case '=':
                    var embed = rest.IndexOf('^');
                    shape = shape with { GoType = (embed < 0 ? rest : rest[..embed]).ToString() };
                    rest = embed < 0 ? default : rest[embed..];
                    break;
                default:
                    shape = shape with { Embedded = rest.ToString() };
                    rest = default;
                    break;
            }
            marks = rest;
        }
        return shape;
    }
}
