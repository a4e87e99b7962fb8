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

    /// <summary>What it says, and what its cause says.</summary>
    public static string Of(Exception e) => Short(e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message, 300);

    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);

    public static string Mebibytes(long bytes) => (bytes / (double)(1 << 20)).ToString("0", CultureInfo.InvariantCulture);
}
