namespace Coxswain.Api;

/// <summary>A piece of a YAML document. Aliases share the node of their anchor.</summary>
internal abstract record YamlNode(long Line)
{
    public bool IsNull => this is YamlScalar { IsPlain: true, Tag: "" } scalar && YamlScalarRules.IsNull(scalar.Text);
}

/// <param name="Tag">Empty when none was written.</param>
/// <param name="IsPlain">Without quotes or block style, so that it may mean something other than text.</param>
internal sealed record YamlScalar(long Line, string Text, string Tag, bool IsPlain) : YamlNode(Line);

internal sealed record YamlSequence(long Line, IReadOnlyList<YamlNode> Items) : YamlNode(Line);

internal sealed record YamlMapping(long Line, IReadOnlyList<(YamlNode Key, YamlNode Value)> Pairs) : YamlNode(Line);
