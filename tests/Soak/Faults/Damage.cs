namespace Coxswain.Soak.Faults;

/// <summary>What was done to a file.</summary>
/// <param name="IsTail">It looks like a last write that a crash cut short: that one write may be gone.</param>
internal readonly record struct Damage(string What, bool IsTail)
{
    private const int Page = 4096;

    /// <summary>The file held nothing that matters.</summary>
    public static Damage None { get; } = new("", false);

    /// <summary>Damages the part of the file before <paramref name="end"/> at one random place.</summary>
    /// <param name="tail">Where the last write begins; <paramref name="end"/> when there is no such thing.</param>
    public static Damage Any(string file, Random random, int end, int tail)
    {
        var at = random.Next(end);
        switch (random.Next(8))
        {
            case 0:
                File.Delete(file);
                return new Damage("removed", false);
            case 1 or 2:
                using (var cut = File.OpenWrite(file)) cut.SetLength(at);
                return new Damage($"cut at {at} of {end}", at >= tail);
            case 3:
                Change(file, at, bytes => bytes.Clear(), Math.Min(Page, end - at));
                return new Damage($"{Math.Min(Page, end - at)} bytes from {at} of {end} zeroed", at >= tail);
            default:
                var bit = random.Next(8);
                Change(file, at, bytes => bytes[0] ^= (byte)(1 << bit), 1);
                return new Damage($"bit {bit} at {at} of {end} flipped", at >= tail);
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
