namespace Coxswain.ApiServer.Http;

/// <summary>Counts those who are inside.</summary>
/// <param name="most">0 for any number.</param>
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
