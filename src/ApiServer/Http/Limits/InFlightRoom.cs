namespace Coxswain.ApiServer.Http;

/// <summary>A counter of requests in flight with a limit.</summary>
/// <param name="most">0 for no limit.</param>
internal sealed class InFlightRoom(int most)
{
    private int _inside;

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _inside) <= most || most == 0) return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _inside);
}
