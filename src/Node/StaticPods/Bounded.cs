using System.Text;

namespace Coxswain.Node.StaticPods;

/// <summary>Reads what may have no end.</summary>
internal static class Bounded
{
    /// <returns>As many bytes as there are, or <paramref name="most"/>, as text.</returns>
    public static async Task<string> ReadTextAsync(Stream stream, int most, CancellationToken ct)
    {
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; text.Length < most && (read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most - text.Length)), ct)) > 0;) text.Write(buffer, 0, read);
        text.Position = 0;
        using var reader = new StreamReader(text, Encoding.UTF8); // takes a byte order mark away
        return await reader.ReadToEndAsync(ct);
    }
}
