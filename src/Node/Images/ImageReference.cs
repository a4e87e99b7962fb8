using System.Text.RegularExpressions;

namespace Coxswain.Node.Images;

/// <summary>The grammar of image references.</summary>
internal static partial class ImageReference
{
    private const string Domain = @"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?|\[[a-fA-F0-9:]+\](?::[0-9]+)?";
    private const string Part = @"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";

    [GeneratedRegex($@"^(?:(?:{Domain})/)?{Part}(?:/{Part})*(?::[\w][\w.-]{{0,127}})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{{32,}})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Reference { get; }

    /// <returns>Null, or what is wrong with it.</returns>
    public static string? Validate(string image)
    {
        if (Reference.IsMatch(image)) return null;
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : image[..slash];
        var hasDomain = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost";
        var rest = hasDomain ? image[(slash + 1)..] : image;
        if (!hasDomain && slash < 0) rest = "library/" + rest;
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? rest : rest[..colon];
        return name.Any(char.IsAsciiLetterUpper) ? $"invalid reference format: repository name ({name}) must be lowercase" : "invalid reference format";
    }
}
