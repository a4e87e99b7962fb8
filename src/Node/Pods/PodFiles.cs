using Coxswain.Node.Linux;

namespace Coxswain.Node.Pods;

/// <summary>What a Pod leaves on disk.</summary>
internal static class PodFiles
{
    /// <summary>Unmounts and removes everything of a Pod.</summary>
    /// <exception cref="IOException">Something stays, or stays mounted.</exception>
    public static void Remove(NodeServices node, string uid, string? logDirectory, CancellationToken ct)
    {
        if (node.Options.Materialize)
        {
            var directory = node.Paths.Pod(uid);
            node.Mounter.UnmountUnder(directory);
            TreeRemoval.Remove(directory, ct);
        }
        if (logDirectory is not null) TreeRemoval.Remove(logDirectory, ct); // simulated containers write logs too
    }
}
