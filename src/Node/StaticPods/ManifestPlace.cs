using Coxswain.Api;

namespace Coxswain.Node.StaticPods;

/// <summary>One Pod's place in a manifest.</summary>
/// <param name="Origin">The file or URL.</param>
/// <param name="Path">Of the Pod in its document: <c>$</c>, or <c>$.items[1]</c> in a list.</param>
internal sealed record ManifestPlace(string Origin, YamlDocument Document, string Path)
{
    /// <summary>The line of a field, or of what is nearest around one that is not written there.</summary>
    /// <param name="field"><c>spec.containers[0].image</c>; null or empty for the Pod as a whole.</param>
    public long LineOf(string? field) => Document.LineOf(string.IsNullOrEmpty(field) ? Path : field.StartsWith('[') ? Path + field : $"{Path}.{field}");

    public ManifestException Refuse(string reason, string? field) => new(reason, LineOf(field));
}
