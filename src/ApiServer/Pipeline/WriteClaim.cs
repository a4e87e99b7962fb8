namespace Coxswain.ApiServer.Pipeline;

/// <summary>What one write holds until its outcome is known. Disposing it without <see cref="Commit"/> gives everything back.</summary>
/// <param name="commit">Lets go of what the object held before and holds no longer.</param>
/// <param name="revert">Gives back what was claimed.</param>
public sealed class WriteClaim(Action commit, Action revert) : IDisposable
{
    private bool _done;

    public static WriteClaim None => new(() => { }, () => { });

    public void Commit()
    {
        if (_done) return;
        _done = true;
        commit();
    }

    public void Dispose()
    {
        if (_done) return;
        _done = true;
        revert();
    }
}
