using System.Collections.Concurrent;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Pods;

/// <summary>Pulls images; Pods that want the same image at the same time share one pull.</summary>
internal sealed class ImagePuller(IRuntime runtime)
{
    private readonly ConcurrentDictionary<string, Shared> _pulls = new();

    private sealed class Shared
    {
        public required Lazy<Task<string>> Pull { get; init; }
        public required CancellationTokenSource Stop { get; init; }
        public int Waiting;
    }

    /// <summary>Pulls, or joins a pull under way. Who gives up leaves the others their pull; the last to leave ends it.</summary>
    /// <returns>The image's id.</returns>
    public async Task<string> PullAsync(string image, RegistryAuth? auth, CancellationToken ct)
    {
        // Other credentials are another pull: an image must not come by someone else's leave.
        var key = auth is null ? image : $"{image} {auth.GetHashCode()}";
        while (true)
        {
            var shared = _pulls.GetOrAdd(key, _ => Make(image, auth));
            Interlocked.Increment(ref shared.Waiting);
            try
            {
                return await shared.Pull.Value.WaitAsync(ct);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                continue; // the others left while we joined
            }
            finally
            {
                if (Interlocked.Decrement(ref shared.Waiting) == 0)
                {
                    _pulls.TryRemove(new KeyValuePair<string, Shared>(key, shared));
                    await shared.Stop.CancelAsync();
                }
            }
        }
    }

    private Shared Make(string image, RegistryAuth? auth)
    {
        var stop = new CancellationTokenSource();
        return new Shared { Pull = new(() => runtime.PullImageAsync(image, auth, stop.Token)), Stop = stop };
    }
}
