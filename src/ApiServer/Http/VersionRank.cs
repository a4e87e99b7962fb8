using System.Globalization;

namespace Coxswain.ApiServer.Http;

/// <summary>Orders API versions: stable before beta before alpha, then by number.</summary>
internal static class VersionRank
{
    /// <summary>The greater, the more to be preferred.</summary>
    public static (int Stability, int Major, int Minor) Of(string version)
    {
        var text = version.AsSpan(1);
        var beta = text.IndexOf("beta", StringComparison.Ordinal);
        var alpha = text.IndexOf("alpha", StringComparison.Ordinal);
        if (beta > 0) return (1, Number(text[..beta]), Number(text[(beta + 4)..]));
        if (alpha > 0) return (0, Number(text[..alpha]), Number(text[(alpha + 5)..]));
        return (2, Number(text), 0);
    }

    private static int Number(ReadOnlySpan<char> text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
