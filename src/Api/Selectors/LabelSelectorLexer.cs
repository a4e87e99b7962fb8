namespace Coxswain.Api;

internal enum SelectorToken { End, Error, Identifier, Open, Close, Comma, Not, Equals, DoubleEquals, NotEquals, GreaterThan, LessThan, In, NotIn }

/// <summary>Cuts a label selector into tokens.</summary>
internal sealed class LabelSelectorLexer(string text)
{
    private int _at;

    public (SelectorToken Token, string Literal) Next()
    {
        while (_at < text.Length && IsSpace(text[_at])) _at++;
        if (_at == text.Length) return (SelectorToken.End, "");
        return IsSymbol(text[_at]) ? Symbol() : Word();
    }

    private (SelectorToken, string) Word()
    {
        var start = _at;
        while (_at < text.Length && !IsSymbol(text[_at]) && !IsSpace(text[_at])) _at++;
        var word = text[start.._at];
        return word switch
        {
            "in" => (SelectorToken.In, word),
            "notin" => (SelectorToken.NotIn, word),
            _ => (SelectorToken.Identifier, word),
        };
    }

    private (SelectorToken, string) Symbol()
    {
        if (_at + 1 < text.Length && text.AsSpan(_at, 2) is "==" or "!=")
        {
            var two = text.Substring(_at, 2);
            _at += 2;
            return (two == "==" ? SelectorToken.DoubleEquals : SelectorToken.NotEquals, two);
        }
        var symbol = text[_at++];
        var token = symbol switch
        {
            '(' => SelectorToken.Open,
            ')' => SelectorToken.Close,
            ',' => SelectorToken.Comma,
            '!' => SelectorToken.Not,
            '=' => SelectorToken.Equals,
            '>' => SelectorToken.GreaterThan,
            _ => SelectorToken.LessThan,
        };
        return (token, symbol.ToString());
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n';

    private static bool IsSymbol(char c) => c is '=' or '!' or '(' or ')' or ',' or '>' or '<';
}
