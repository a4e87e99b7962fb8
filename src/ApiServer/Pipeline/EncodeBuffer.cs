using System.Buffers;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>
/// One thread's room for encoding. For a large object it borrows a large array, which all threads share: were it the thread's own, each would keep one.
/// </summary>
internal sealed class EncodeBuffer : IBufferWriter<byte>
{
    private const int OwnBytes = 16 * 1024, KeptBytes = 256 * 1024, LargeBytes = 2 * 1024 * 1024;
    // Weak: an idle server has no need of it.
    private static readonly WeakReference<byte[]> Large = new([]);
    private static readonly Lock Gate = new();

    private byte[] _array = new byte[OwnBytes];
    private int _written;

    public ReadOnlySpan<byte> Written => _array.AsSpan(0, _written);

    /// <summary>Empty again; a large array goes back.</summary>
    public void Reset()
    {
        _written = 0;
        if (_array.Length <= KeptBytes) return;
        lock (Gate) Large.SetTarget(_array);
        _array = new byte[OwnBytes];
    }

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_array.Length - _written < Math.Max(1, sizeHint)) Grow(_written + Math.Max(1, sizeHint));
        return _array.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void Grow(int needed)
    {
        var size = Math.Max(needed, _array.Length * 2);
        var larger = size > KeptBytes ? BorrowLarge(size) : new byte[size];
        Written.CopyTo(larger);
        _array = larger;
    }

    private static byte[] BorrowLarge(int size)
    {
        lock (Gate)
        {
            if (Large.TryGetTarget(out var spare) && spare.Length >= size)
            {
                Large.SetTarget([]);
                return spare;
            }
        }
        return GC.AllocateUninitializedArray<byte>(Math.Max(size, LargeBytes));
    }
}
