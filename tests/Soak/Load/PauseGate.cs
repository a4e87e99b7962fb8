namespace Coxswain.Soak.Load;

/// <summary>Lets the writers through one operation at a time, and can hold all of them.</summary>
internal sealed class PauseGate(int writers) : IDisposable
{
    private readonly SemaphoreSlim _places = new(writers);

    public async Task<T> PassAsync<T>(Func<Task<T>> operation, CancellationToken ct)
    {
        await _places.WaitAsync(ct);
        try { return await operation(); }
        finally { _places.Release(); }
    }

    /// <summary>Returns once nothing is in flight; until the result is disposed of, nothing is sent.</summary>
    public async Task<IDisposable> HoldAsync(CancellationToken ct)
    {
        var held = new Held(_places);
        try
        {
            for (var i = 0; i < writers; i++)
            {
                await _places.WaitAsync(ct);
                held.Places++;
            }
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose() => _places.Dispose();

    private sealed class Held(SemaphoreSlim places) : IDisposable
    {
        public int Places { get; set; }

        public void Dispose()
        {
            if (Places > 0) places.Release(Places);
            Places = 0;
        }
    }
}
