namespace Coxswain.Api;

/// <summary>
/// How much may come of a document: a few lines of aliases of aliases can mean gigabytes. Every node and pair that is visited counts, also one that leaves nothing behind. The rule is that
/// of upstream's parser (goyaml.v2): the larger the document, the smaller the part of it that aliases may make up.
/// </summary>
internal sealed class YamlBudget(CancellationToken ct)
{
    private const int MaximumDepth = 1_000;
    /// <summary>Where the allowed ratio begins to fall, and where it has fallen to its least.</summary>
    private const double SmallDocument = 400_000, LargeDocument = 4_000_000;
    private const double MostRatio = 0.99, LeastRatio = 0.10;
    /// <summary>Upstream's parser shares a long text among its aliases; spelt out as JSON it is copied for each.</summary>
    private const int MaximumAliasedText = 3 * 1024 * 1024;

    private int _visited;
    private int _aliased;
    private int _aliasDepth;
    private long _aliasedText;
    private int _depth;

    /// <summary>Goes one level down. A chain of aliases can be deeper than the text that it came from.</summary>
    public void Enter(YamlNode node)
    {
        if (++_depth > MaximumDepth) throw new YamlFormatException(node.Line, "exceeded max depth");
        Visit(node);
        if (node is not YamlAlias alias) return;
        _aliasDepth++;
        Visit(alias.Target);
    }

    public void Leave(YamlNode node)
    {
        if (node is YamlAlias) _aliasDepth--;
        _depth--;
    }

    /// <exception cref="YamlFormatException">Too much of the document so far came of aliases.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits for the document any more.</exception>
    public void Visit(YamlNode node)
    {
        ct.ThrowIfCancellationRequested();
        _visited++;
        if (_aliasDepth == 0) return;
        _aliased++;
        if (node is YamlScalar scalar) _aliasedText += scalar.Text.Length;
        if (_aliasedText > MaximumAliasedText || (_aliased > 100 && _visited > 1000 && _aliased > _visited * AllowedRatio(_visited)))
        {
            throw new YamlFormatException("document contains excessive aliasing");
        }
    }

    private static double AllowedRatio(int visited) =>
        MostRatio - (MostRatio - LeastRatio) * Math.Clamp((visited - SmallDocument) / (LargeDocument - SmallDocument), 0, 1);
}
