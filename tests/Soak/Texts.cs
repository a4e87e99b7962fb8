using System.Globalization;

namespace Coxswain.Soak;

/// <summary>Texts for people.</summary>
internal static class Texts
{
    public static string Short(string text, int most = 200)
    {
        var line = text.ReplaceLineEndings(" | ");
        return line.Length <= most ? line : line[..most] + "...";
    }

    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);

    public static string Mebibytes(long bytes) => (bytes / (double)(1 << 20)).ToString("0", CultureInfo.InvariantCulture);
}
