namespace Coxswain.Api;

/// <summary>A piece of a YAML document.</summary>
internal abstract record YamlNode(long Line)
{
    /// <summary>What an alias stands for; any other node itself.</summary>
    public YamlNode Resolved => this is YamlAlias alias ? alias.Target : this;

    public bool IsNull => Resolved is YamlScalar { IsPlain: true, Tag: "" } scalar && YamlScalarRules.IsNull(scalar.Text);

    /// <summary>The key that merges other mappings into the one it stands in.</summary>
    public bool IsMergeKey => this is YamlScalar { IsPlain: true, Text: "<<" };
}

/// <param name="Tag">Empty when none was written.</param>
/// <param name="IsPlain">Without quotes or block style, so that it may mean something other than text.</param>
internal sealed record YamlScalar(long Line, string Text, string Tag, bool IsPlain) : YamlNode(Line);

internal sealed record YamlSequence(long Line, IReadOnlyList<YamlNode> Items) : YamlNode(Line);

internal sealed record YamlMapping(long Line, IReadOnlyList<(YamlNode Key, YamlNode Value)> Pairs) : YamlNode(Line);

/// <param name="Target">The node of the anchor, shared by all its aliases; no alias itself.</param>
internal sealed record YamlAlias(long Line, YamlNode Target) : YamlNode(Line);
