using System.Text;

namespace Coxswain.Soak.Hostile;

/// <summary>Changes a sound body a little, or a lot.</summary>
internal sealed class Mutator(Random random)
{
    private static readonly string[] Tokens =
    [
        "null", "true", "-1", "0", "1e999", "-0", "99999999999999999999999999", "1E-400", "{}", "[]", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "{\"a\":", "[[[[", "]", "}", ",", ":", "\\", "\u0000",
        "/*", "\"metadata\":", "\"kind\":\"Pod\",", "\"finalizers\":[\"x\"],", "<<: *a", "&a ", "*a", "!!binary ", "---\n", "\t", "\u2028", "../../../etc/passwd",
    ];

    public byte[] Mutate(byte[] sound)
    {
        var bytes = sound.ToList();
        for (var n = random.Next(1, 6); n > 0; n--) Step(bytes);
        return [.. bytes];
    }

    private void Step(List<byte> bytes)
    {
        if (bytes.Count == 0) return;
        var at = random.Next(bytes.Count);
        var length = random.Next(1, Math.Min(40, bytes.Count - at) + 1);
        switch (random.Next(8))
        {
            case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1: bytes[at] = (byte)random.Next(256); break;
            case 2: bytes.RemoveRange(at, length); break;
            case 3: bytes.RemoveRange(at, bytes.Count - at); break;
            case 4: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break; // a piece twice
            case 5: bytes.InsertRange(at, Enumerable.Repeat((byte)"[{\"x"[random.Next(4)], random.Next(1, 3000))); break;
            case 6: ReplaceValue(bytes, at); break;
            default: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)])); break;
        }
    }

    /// <summary>The value behind the next colon becomes another: what still parses gets furthest.</summary>
    private void ReplaceValue(List<byte> bytes, int from)
    {
        var colon = bytes.IndexOf((byte)':', from);
        if (colon < 0) return;
        var end = bytes.FindIndex(colon, b => b is (byte)',' or (byte)'}');
        if (end < 0) return;
        bytes.RemoveRange(colon + 1, end - colon - 1);
        bytes.InsertRange(colon + 1, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
    }
}
