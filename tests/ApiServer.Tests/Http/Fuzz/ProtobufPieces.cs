using System.Text;

namespace Coxswain.ApiServer.Tests.Http.Fuzz;

/// <summary>Small bodies in Kubernetes' protobuf, put together by hand.</summary>
internal static class ProtobufPieces
{
    public static byte[] ConfigMap(string name) => Envelope("ConfigMap", [.. Message(1, Message(1, Text(name)), Message(11, Message(1, Text("a")), Message(2, Text("b")))),
        .. Message(2, Message(1, Text("k")), Message(2, Text("v"))), .. Message(3, Message(1, Text("b")), Message(2, [0xff, 0x00, 0x7f]))]);

    public static byte[] Pod(string name)
    {
        var resources = Message(8, Message(1, Message(1, Text("cpu")), Message(2, Message(1, Text("100m")))));
        var probe = Message(10, Message(1, Message(2, Message(1, Text("/")), Message(2, Number(1, 0), Number(2, 80)))), Number(2, 5));
        var port = Message(6, Number(3, 8080), Message(4, Text("TCP")));
        var container = Message(2, Message(1, Text("c")), Message(2, Text("i")), port, resources, probe);
        var metadata = Message(1, Message(1, Text(name)), Message(8, Number(1, 1_700_000_000)), Message(17, Message(1, Text("m")), Message(7, Message(1, "{\"f:a\":{}}"u8.ToArray()))));
        return Envelope("Pod", [.. metadata, .. Message(2, container, Number(4, 30), Number(11, 0))]);
    }

    private static byte[] Envelope(string kind, byte[] raw) => [.. "k8s\0"u8, .. Message(1, Message(1, Text("v1")), Message(2, Text(kind))), .. Message(2, raw)];

    private static byte[] Message(int field, params byte[][] parts)
    {
        byte[] body = [.. parts.SelectMany(p => p)];
        return [.. Varint((ulong)(field << 3 | 2)), .. Varint((ulong)body.Length), .. body];
    }

    private static byte[] Number(int field, ulong value) => [.. Varint((ulong)(field << 3)), .. Varint(value)];

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
