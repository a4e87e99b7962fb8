using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Coxswain.TestKit;

/// <summary>
/// A program of a few hundred bytes that exchanges two names in its working directory, over and over, as fast as the kernel does it
/// (renameat2 with RENAME_EXCHANGE): what a hostile container runs to be between the look at a path and its use. It needs nothing around
/// it.
/// </summary>
public static class ExchangeProgram
{
    private const int HeaderLength = 0x78;
    private const ulong LoadedAt = 0x400000;

    /// <summary>Null where it runs, else why not.</summary>
    public static string? Missing => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? null : "the program that exchanges names is for x64";

    /// <returns>A Linux executable.</returns>
    public static byte[] Make(string one, string other)
    {
        byte[] code =
        [
            0xB8, 0x3C, 0x01, 0x00, 0x00, //             mov eax, 316 (renameat2)
            0xBF, 0x9C, 0xFF, 0xFF, 0xFF, //             mov edi, -100 (AT_FDCWD)
            0x48, 0x8D, 0x35, 0x00, 0x00, 0x00, 0x00, // lea rsi, [one]
            0xBA, 0x9C, 0xFF, 0xFF, 0xFF, //             mov edx, -100
            0x4C, 0x8D, 0x15, 0x00, 0x00, 0x00, 0x00, // lea r10, [other]
            0x41, 0xB8, 0x02, 0x00, 0x00, 0x00, //       mov r8d, 2 (RENAME_EXCHANGE)
            0x0F, 0x05, //                               syscall
            0xEB, 0xD9, //                               jmp to the start
        ];
        byte[] names = [.. Encoding.UTF8.GetBytes(one), 0, .. Encoding.UTF8.GetBytes(other), 0];
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(13), code.Length - 17);
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(25), code.Length + Encoding.UTF8.GetByteCount(one) + 1 - 29);
        return [.. Header(code.Length + names.Length), .. code, .. names];
    }

    /// <summary>ELF's, with one segment: the whole file, to be read and run.</summary>
    private static byte[] Header(int length)
    {
        var header = new byte[HeaderLength];
        byte[] start = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        start.CopyTo(header, 0);
        void Short(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(at), value);
        void Long(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(at), value);
        Short(16, 2); // an executable
        Short(18, 0x3E); // for x86-64
        header[20] = 1;
        Long(24, LoadedAt + HeaderLength); // where it begins
        Long(32, 64); // the segment's header
        Short(52, 64);
        Short(54, 56);
        Short(56, 1);
        header[64] = 1; // to be loaded
        header[68] = 5; // read and run
        Long(80, LoadedAt);
        Long(88, LoadedAt);
        Long(96, (ulong)(HeaderLength + length));
        Long(104, (ulong)(HeaderLength + length));
        Long(112, 0x1000);
        return header;
    }
}
