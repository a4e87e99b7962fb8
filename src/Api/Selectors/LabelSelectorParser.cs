using System.Globalization;

namespace Coxswain.Api;

/// <summary>
/// The grammar of label selectors, with the wire's error texts. Inside values <c>in</c> and <c>notin</c> are plain words; only where an operator stands
/// do they mean something.
/// </summary>
internal sealed class LabelSelectorParser
{
    private readonly List<(SelectorToken Token, string Literal)> _items = [];
    private int _at;

    public LabelSelectorParser(string text)
    {
        var lexer = new LabelSelectorLexer(text);
        do _items.Add(lexer.Next());
        while (_items[^1].Token != SelectorToken.End);
    }

    public LabelSelector Parse()
    {
        var requirements = new List<LabelRequirement>();
        while (true)
        {
            var (token, literal) = Peek();
            if (token == SelectorToken.End) break;
            if (token is not (SelectorToken.Identifier or SelectorToken.Not)) throw new FormatException($"found '{literal}', expected: !, identifier, or 'end of string'");
            if (requirements.Count == LabelSelector.MaximumTerms)
                throw new FormatException($"a label selector may have {LabelSelector.MaximumTerms} terms at most");
            requirements.Add(Requirement());
            (token, literal) = Take();
            if (token == SelectorToken.End) break;
            if (token != SelectorToken.Comma) throw new FormatException($"found '{literal}', expected: ',' or 'end of string'");
            (token, literal) = Peek();
            if (token is not (SelectorToken.Identifier or SelectorToken.Not)) throw new FormatException($"found '{literal}', expected: identifier after ','");
        }
        return new LabelSelector(requirements.OrderBy(r => r.Key, StringComparer.Ordinal));
    }

    private LabelRequirement Requirement()
    {
        try { return ReadRequirement(); }
        catch (FormatException e) { throw new FormatException($"unable to parse requirement: {e.Message}"); }
    }

    private LabelRequirement ReadRequirement()
    {
        var (token, literal) = Take();
        var not = token == SelectorToken.Not;
        if (not) (token, literal) = Take();
        if (token != SelectorToken.Identifier) throw new FormatException($"found '{literal}', expected: identifier");
        CheckKey(literal);
        var alone = Peek().Token is SelectorToken.End or SelectorToken.Comma;
        if (not) return new LabelRequirement(literal, SelectorOperator.DoesNotExist, []);
        if (alone) return new LabelRequirement(literal, SelectorOperator.Exists, []);
        var op = Operator();
        var values = op is SelectorOperator.In or SelectorOperator.NotIn ? ValueSet() : [ExactValue()];
        CheckValues(literal, op, values);
        return new LabelRequirement(literal, op, values);
    }

    private SelectorOperator Operator()
    {
        var (token, literal) = _items[_at];
        if (token != SelectorToken.End) _at++;
        return token switch
        {
            SelectorToken.In => SelectorOperator.In,
            SelectorToken.NotIn => SelectorOperator.NotIn,
            SelectorToken.Equals or SelectorToken.DoubleEquals => SelectorOperator.Equals,
            SelectorToken.NotEquals => SelectorOperator.NotEquals,
            SelectorToken.GreaterThan => SelectorOperator.GreaterThan,
            SelectorToken.LessThan => SelectorOperator.LessThan,
            _ => throw new FormatException($"found '{literal}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private List<string> ValueSet()
    {
        var (token, literal) = Take();
        if (token != SelectorToken.Open) throw new FormatException($"found '{literal}' expected: '('");
        (token, literal) = Peek();
        if (token == SelectorToken.Close)
        {
            Take();
            return [""];
        }
        if (token is not (SelectorToken.Identifier or SelectorToken.Comma)) throw new FormatException($"found '{literal}', expected: ',', ')' or identifier");
        var values = Identifiers();
        if (Take().Token != SelectorToken.Close) throw new FormatException($"found '{literal}', expected: ')'");
        return [.. values];
    }

    /// <summary>Comma-separated; where nothing stands before, between or after commas, the empty value is meant.</summary>
    private SortedSet<string> Identifiers()
    {
        var values = new SortedSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var (token, literal) = Take();
            if (token == SelectorToken.Identifier)
            {
                values.Add(literal);
                (token, literal) = Peek();
                if (token == SelectorToken.Close) return values;
                if (token != SelectorToken.Comma) throw new FormatException($"found '{literal}', expected: ',' or ')'");
            }
            else if (token == SelectorToken.Comma)
            {
                if (values.Count == 0) values.Add("");
                if (Peek().Token == SelectorToken.Close)
                {
                    values.Add("");
                    return values;
                }
                if (Peek().Token == SelectorToken.Comma)
                {
                    Take();
                    values.Add("");
                }
            }
            else throw new FormatException($"found '{literal}', expected: ',', or identifier");
        }
    }

    private string ExactValue()
    {
        if (Peek().Token is SelectorToken.End or SelectorToken.Comma) return "";
        var (token, literal) = Take();
        return token == SelectorToken.Identifier ? literal : throw new FormatException($"found '{literal}', expected: identifier");
    }

    private static void CheckKey(string key)
    {
        var wrong = NameRules.QualifiedName(key);
        if (wrong.Count > 0) throw new FormatException($"<nil>: Invalid value: {GoText.Quote(key)}: {string.Join("; ", wrong)}");
    }

    private static void CheckValues(string key, SelectorOperator op, List<string> values)
    {
        var findings = new List<string>();
        if (op is SelectorOperator.GreaterThan or SelectorOperator.LessThan && !long.TryParse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            findings.Add($"values[0]: Invalid value: {GoText.Quote(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer");
        }
        for (var i = 0; i < values.Count; i++)
        {
            var wrong = NameRules.LabelValue(values[i]);
            if (wrong.Count > 0) findings.Add($"values[{i}][{key}]: Invalid value: {GoText.Quote(values[i])}: {string.Join("; ", wrong)}");
        }
        if (findings.Count == 1) throw new FormatException(findings[0]);
        if (findings.Count > 1) throw new FormatException($"[{string.Join(", ", findings)}]");
    }

    /// <summary>Keywords count as words here: see <see cref="Operator"/> for where they do not.</summary>
    private (SelectorToken Token, string Literal) Peek()
    {
        var (token, literal) = _items[_at];
        return token is SelectorToken.In or SelectorToken.NotIn ? (SelectorToken.Identifier, literal) : (token, literal);
    }

    private (SelectorToken Token, string Literal) Take()
    {
        var item = Peek();
        if (item.Token != SelectorToken.End) _at++;
        return item;
    }
}
