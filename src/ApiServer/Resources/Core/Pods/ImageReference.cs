using System.Text.RegularExpressions;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Just enough of image names to tell their tag.</summary>
internal static partial class ImageReference
{
    /// <summary>True for <c>busybox</c> and <c>busybox:latest</c>; false for other tags, digests and what is no image name.</summary>
    public static bool HasTagLatest(string image)
    {
        var match = Reference().Match(image);
        if (!match.Success || match.Groups["name"].Length > 255) return false;
        if (match.Groups["tag"] is { Success: true } tag) return tag.Value == "latest";
        return !match.Groups["digest"].Success;
    }

    [GeneratedRegex(@"^(?<name>(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?/|\[[a-fA-F0-9:]+\](?::[0-9]+)?/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
