namespace Coxswain.Soak.Faults;

/// <summary>Damages files as disks and people do.</summary>
internal static class Damage
{
    private const int Page = 4096;

    /// <summary>Damages the part of the file before <paramref name="end"/> at one random place.</summary>
    /// <returns>What was done.</returns>
    public static string Any(string file, Random random, int end)
    {
        var at = random.Next(end);
        switch (random.Next(8))
        {
            case 0:
                File.Delete(file);
                return "removed";
            case 1 or 2:
                using (var cut = File.OpenWrite(file)) cut.SetLength(at);
                return $"cut at {at} of {end}";
            case 3:
                var length = Math.Min(Page, end - at);
                Change(file, at, bytes => bytes.Clear(), length);
                return $"{length} bytes from {at} of {end} zeroed";
            default:
                var bit = random.Next(8);
                Change(file, at, bytes => bytes[0] ^= (byte)(1 << bit), 1);
                return $"bit {bit} at {at} of {end} flipped";
        }
    }

    private delegate void Edit(Span<byte> bytes);

    private static void Change(string file, int at, Edit edit, int length)
    {
        using var open = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        var bytes = new byte[length];
        open.Position = at;
        open.ReadExactly(bytes);
        edit(bytes);
        open.Position = at;
        open.Write(bytes);
    }
}
