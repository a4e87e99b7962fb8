namespace Coxswain.ApiServer.Pipeline;

/// <summary>
/// Holds down what large objects leave behind. The runtime collects large garbage (bodies, decoded texts) only once it is several times what lives; here it is
/// collected at a quarter of it.
/// </summary>
internal static class LargeGarbage
{
    /// <summary>A value of so many bytes is large: the runtime keeps it, and what is made of it, apart from small objects.</summary>
    public const int From = 64 * 1024;

    private const long Least = 64 << 20;
    private static readonly Lock Collecting = new(); // one collects; others go on, and wait with everybody while it does
    private static int _collections = -1;
    private static long _start; // allocated at the last collection of all
    private static long _limit;

    /// <summary>To be called wherever a value is decoded or a body read, with its length.</summary>
    public static void Made(int length)
    {
        if (length < From || !Collecting.TryEnter()) return;
        try
        {
            Look();
        }
        finally
        {
            Collecting.Exit();
        }
    }

    private static void Look()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (_collections != GC.CollectionCount(GC.MaxGeneration))
        {
            Remember(allocated);
        }
        else if (allocated - _start > _limit)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
            Remember(allocated);
        }
    }

    private static void Remember(long allocated)
    {
        _collections = GC.CollectionCount(GC.MaxGeneration);
        _start = allocated;
        _limit = Math.Max(Least, GC.GetTotalMemory(forceFullCollection: false) / 4);
    }
}
