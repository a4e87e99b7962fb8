using System.Text.RegularExpressions;

namespace Coxswain.Api;

/// <summary>The grammar of image references: <c>registry.example:5000/team/app:1.2@sha256:...</c>.</summary>
public static partial class ImageReference
{
    private const string Domain = @"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?|\[[a-fA-F0-9:]+\](?::[0-9]+)?";
    private const string Part = @"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
    private const int NameMaximum = 255;
    /// <summary>A name, a tag and the longest digest there is stay well below; nothing longer is looked at.</summary>
    private const int Maximum = 1024;

    /// <returns>Null, or what is wrong with it.</returns>
    public static string? Validate(string image)
    {
        if (image.Length <= Maximum && Reference.IsMatch(image)) return null;
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : image[..slash];
        var hasDomain = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost";
        var rest = hasDomain ? image[(slash + 1)..] : image;
        if (!hasDomain && slash < 0) rest = "library/" + rest;
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? rest : rest[..colon];
        return name.Any(char.IsAsciiLetterUpper) ? $"invalid reference format: repository name ({name}) must be lowercase" : "invalid reference format";
    }

    /// <summary>The imagePullPolicy where none is given: Always for <c>:latest</c>, said or meant; what has another tag or a digest, or is no reference, need not be pulled twice.</summary>
    public static string PullPolicy(string? image) => HasTagLatest(image ?? "") ? "Always" : "IfNotPresent";

    private static bool HasTagLatest(string image)
    {
        if (image.Length > Maximum) return false;
        var match = Reference.Match(image);
        if (!match.Success || match.Groups["name"].Length > NameMaximum) return false;
        if (match.Groups["tag"] is { Success: true } tag) return tag.Value == "latest";
        return !match.Groups["digest"].Success;
    }

    [GeneratedRegex($@"^(?<name>(?:(?:{Domain})/)?{Part}(?:/{Part})*)(?::(?<tag>[\w][\w.-]{{0,127}}))?(?:@(?<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{{32,}}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Reference { get; }
}
