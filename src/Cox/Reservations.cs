using System.Net;

namespace Coxswain;

/// <summary>
/// Which address range each cluster on this machine has: one small file a cluster under /run, because a cluster without Pods has no bridge yet that would show it.
/// A reservation whose data directory is gone counts no more.
/// </summary>
internal static class Reservations
{
    private const string Folder = "/run/coxswain/ranges";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>While this is held nobody else on the machine looks or chooses: two clusters that start at once would take the same range else.</summary>
    public static async Task<IDisposable> HoldAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(Folder);
        for (var left = (int)(Patience / Pause); ; left--)
        {
            try { return new FileStream(Folder + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None); }
            catch (IOException) when (left > 0) { } // it is another's turn, for a moment
            await Task.Delay(Pause, ct);
        }
    }

    /// <summary>The ranges of other clusters, with their data directories.</summary>
    public static IReadOnlyList<(IPNetwork Range, string Owner)> Others(DataDirectory directory)
    {
        var found = new List<(IPNetwork, string)>();
        if (!Directory.Exists(Folder)) return found;
        foreach (var file in Directory.EnumerateFiles(Folder))
        {
            if (Path.GetFileName(file) == directory.Id || Read(file) is not { } other) continue;
            if (new DataDirectory(other.Owner).Exists) found.Add(other);
            else File.Delete(file);
        }
        return found;
    }

    public static void Add(DataDirectory directory, IPNetwork range)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, directory.Id), $"{range}\n{directory.Path}\n");
    }

    public static void Remove(DataDirectory directory)
    {
        if (Directory.Exists(Folder)) File.Delete(Path.Combine(Folder, directory.Id));
    }

    /// <summary>The directory of the cluster that goes by an id on this machine; null when none does.</summary>
    public static string? OwnerOf(string id) => File.Exists(Path.Combine(Folder, id)) ? Read(Path.Combine(Folder, id))?.Owner : null;

    private static (IPNetwork Range, string Owner)? Read(string file)
    {
        try
        {
            var lines = File.ReadAllLines(file);
            return lines.Length >= 2 && IPNetwork.TryParse(lines[0], out var range) ? (range, lines[1]) : null;
        }
        catch (IOException) { return null; } // removed meanwhile
    }
}
