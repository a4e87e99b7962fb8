namespace Coxswain.Api;

/// <summary>Says what is wrong with a text that is no JSON, as Go's <c>encoding/json</c> does. Only for text that the real reader refused.</summary>
public ref struct GoSyntax
{
    /// <summary>What is nested deeper is no JSON to Go.</summary>
    public const int MaximumDepth = 10_000;

    private const string EndOfInput = "unexpected end of JSON input";

    private enum Expect { Value, ValueOrEnd, KeyOrEnd, Key, Colon, CommaOrEnd, Nothing }

    private readonly ReadOnlySpan<byte> _text;
    private readonly Stack<bool> _objects = new();
    private int _at;
    private Expect _expect;

    private GoSyntax(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>The error, or null when the text is JSON after all.</summary>
    public static string? Check(ReadOnlySpan<byte> text) => new GoSyntax(text).Run();

    private string? Run()
    {
        while (true)
        {
            while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') _at++;
            if (_at == _text.Length) return _expect == Expect.Nothing ? null : EndOfInput;
            if (Step((char)_text[_at]) is { } error) return error;
        }
    }

    private string? Step(char c) => _expect switch
    {
        Expect.Value => Value(c),
        Expect.ValueOrEnd => c == ']' ? Close() : Value(c),
        Expect.KeyOrEnd => c == '}' ? Close() : Key(c),
        Expect.Key => Key(c),
        Expect.Colon => c == ':' ? Take(Expect.Value) : Invalid("after object key"),
        Expect.CommaOrEnd => AfterValue(c),
        _ => Invalid("after top-level value"),
    };

    private string? AfterValue(char c)
    {
        if (_objects.Peek()) return c == ',' ? Take(Expect.Key) : c == '}' ? Close() : Invalid("after object key:value pair");
        return c == ',' ? Take(Expect.Value) : c == ']' ? Close() : Invalid("after array element");
    }

    private string? Value(char c)
    {
        switch (c)
        {
            case '{': return Open(isObject: true, Expect.KeyOrEnd);
            case '[': return Open(isObject: false, Expect.ValueOrEnd);
            case '"': return String() ?? Done();
            case 't': return Literal("true");
            case 'f': return Literal("false");
            case 'n': return Literal("null");
            case '-' or (>= '0' and <= '9'): return Number() ?? Done();
            default: return Invalid("looking for beginning of value");
        }
    }

    private string? Key(char c)
    {
        if (c != '"') return Invalid("looking for beginning of object key string");
        if (String() is { } error) return error;
        _expect = Expect.Colon;
        return null;
    }

    private string? Take(Expect next)
    {
        _at++;
        _expect = next;
        return null;
    }

    private string? Open(bool isObject, Expect next)
    {
        _objects.Push(isObject);
        return _objects.Count > MaximumDepth ? "exceeded max depth" : Take(next);
    }

    private string? Close()
    {
        _objects.Pop();
        _at++;
        return Done();
    }

    private string? Done()
    {
        _expect = _objects.Count == 0 ? Expect.Nothing : Expect.CommaOrEnd;
        return null;
    }

    private string? Literal(string word)
    {
        for (var i = 0; i < word.Length; i++, _at++)
        {
            if (_at == _text.Length) return EndOfInput;
            if (_text[_at] != word[i]) return Invalid($"in literal {word} (expecting {Show(word[i])})");
        }
        return Done();
    }

    private string? String()
    {
        _at++;
        for (; ; _at++)
        {
            if (_at == _text.Length) return EndOfInput;
            var c = _text[_at];
            if (c == '"') break;
            if (c < ' ') return Invalid("in string literal");
            if (c == '\\' && Escape() is { } error) return error;
        }
        _at++;
        return null;
    }

    private string? Escape()
    {
        if (++_at == _text.Length) return EndOfInput;
        if (_text[_at] != 'u') return "bfnrt\\/\"".Contains((char)_text[_at]) ? null : Invalid("in string escape code");
        for (var i = 0; i < 4; i++)
        {
            if (++_at == _text.Length) return EndOfInput;
            if (!char.IsAsciiHexDigit((char)_text[_at])) return Invalid("in \\u hexadecimal character escape");
        }
        return null;
    }

    private string? Number()
    {
        if (_text[_at] == '-') _at++;
        if (_at < _text.Length && _text[_at] == '0') _at++;
        else if (Digits("in numeric literal") is { } error) return error;
        if (_at < _text.Length && _text[_at] == '.')
        {
            _at++;
            if (Digits("after decimal point in numeric literal") is { } error) return error;
        }
        if (_at >= _text.Length || _text[_at] is not ((byte)'e' or (byte)'E')) return null;
        _at++;
        if (_at < _text.Length && _text[_at] is (byte)'+' or (byte)'-') _at++;
        return Digits("in exponent of numeric literal");
    }

    private string? Digits(string where)
    {
        if (_at == _text.Length) return EndOfInput;
        if (!char.IsAsciiDigit((char)_text[_at])) return Invalid(where);
        while (_at < _text.Length && char.IsAsciiDigit((char)_text[_at])) _at++;
        return null;
    }

    private readonly string Invalid(string where) => $"invalid character {Show((char)_text[_at])} {where}";

    private static string Show(char c) => c switch
    {
        '\'' => "'\\''",
        '"' => "'\"'",
        _ => $"'{GoText.Quote(c.ToString())[1..^1]}'",
    };
}
