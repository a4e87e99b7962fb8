namespace Coxswain.Node.Pods;

/// <summary>What a Pod leaves on disk.</summary>
internal static class PodFiles
{
    /// <summary>Unmounts and removes everything of a Pod.</summary>
    public static void Remove(NodeServices node, string uid, string? logDirectory)
    {
        if (!node.Options.Materialize)
        {
            if (logDirectory is not null && Directory.Exists(logDirectory)) Directory.Delete(logDirectory, recursive: true); // simulated containers write logs too
            return;
        }
        var directory = node.Paths.Pod(uid);
        node.Mounter.UnmountUnder(directory);
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        if (logDirectory is not null && Directory.Exists(logDirectory)) Directory.Delete(logDirectory, recursive: true);
    }
}
