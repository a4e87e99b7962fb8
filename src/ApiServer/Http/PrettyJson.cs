using System.Buffers;

namespace Coxswain.ApiServer.Http;

/// <summary>Indents JSON by two spaces without touching its values: empty objects and arrays stay on their line.</summary>
internal static class PrettyJson
{
    /// <summary>Deeply nested short values can grow a hundredfold: what grows more than this is left as it is.</summary>
    private const int MostGrowth = 8;

    public static ReadOnlyMemory<byte> Indent(ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(json.Length * 2, 1));
        var most = 64 * 1024 + (long)MostGrowth * json.Length;
        var depth = 0;
        for (var i = 0; i < json.Length; i++)
        {
            if (output.WrittenCount > most) return json.ToArray();
            var c = json[i];
            switch (c)
            {
                case (byte)'"':
                    var end = EndOfString(json, i);
                    output.Write(json[i..end]);
                    i = end - 1;
                    break;
                case (byte)'{' or (byte)'[':
                    if (IsClosed(json, i, out var close))
                    {
                        output.Write([c, json[close]]);
                        i = close;
                        break;
                    }
                    output.Write([c]);
                    NewLine(output, ++depth);
                    break;
                case (byte)'}' or (byte)']':
                    NewLine(output, --depth);
                    output.Write([c]);
                    break;
                case (byte)',':
                    output.Write([c]);
                    NewLine(output, depth);
                    break;
                case (byte)':':
                    output.Write(": "u8);
                    break;
                case (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t':
                    break;
                default:
                    output.Write([c]);
                    break;
            }
        }
        return output.WrittenMemory;
    }

    private static int EndOfString(ReadOnlySpan<byte> json, int start)
    {
        for (var i = start + 1; i < json.Length; i++)
        {
            if (json[i] == (byte)'\\') i++;
            else if (json[i] == (byte)'"') return i + 1;
        }
        return json.Length;
    }

    private static bool IsClosed(ReadOnlySpan<byte> json, int open, out int close)
    {
        for (close = open + 1; close < json.Length && json[close] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';) close++;
        return close < json.Length && json[close] is (byte)'}' or (byte)']';
    }

    private static void NewLine(ArrayBufferWriter<byte> output, int depth)
    {
        var span = output.GetSpan(1 + 2 * depth);
        span[0] = (byte)'\n';
        span.Slice(1, 2 * depth).Fill((byte)' ');
        output.Advance(1 + 2 * depth);
    }
}
