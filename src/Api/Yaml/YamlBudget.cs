namespace Coxswain.Api;

/// <summary>
/// Limits what aliases and merge keys may expand to: a few lines of them can mean gigabytes. Every visited node and pair counts, also one that
/// produces no output. The rule is upstream's (goyaml.v2): the larger the document, the smaller the share of it that may come from aliases.
/// </summary>
internal sealed class YamlBudget(CancellationToken ct)
{
    private const int MaximumDepth = 1_000;
    /// <summary>Where the allowed ratio begins to fall, and where it has fallen to its least.</summary>
    private const double SmallDocument = 400_000, LargeDocument = 4_000_000;
    private const double MostRatio = 0.99, LeastRatio = 0.10;
    /// <summary>In characters: as JSON, a long text is copied for every alias.</summary>
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

    /// <exception cref="YamlFormatException">Too much of the document so far came from aliases.</exception>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
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
