using Coxswain.Api;
using Coxswain.Node;

namespace Coxswain;

/// <summary>
/// Deletes what a cluster kept. A directory on which a file system is mounted is emptied and stays; so does one that a symbolic link leads
/// to.
/// </summary>
internal sealed class DataRemoval(DataDirectory directory)
{
    private readonly MountPoints _mounts = new(directory.Path);

    private string Real => _mounts.RealPath;

    /// <summary>Everything in the directory.</summary>
    /// <exception cref="CommandException">Something cannot be deleted, or is mounted where no part of a cluster is.</exception>
    public void RemoveAll() => Remove(_ => true);

    /// <summary>Only what bears the name of a cluster's file: for a directory that has lost its mark.</summary>
    /// <returns>What stays.</returns>
    public IReadOnlyList<string> RemoveKnown()
    {
        Remove(DataDirectory.IsOwnName);
        if (directory.IsEmpty) return [];
        var names = Directory.EnumerateFileSystemEntries(Real).Select(e => Path.GetFileName(e)!);
        return [.. names.Where(n => !DataDirectory.IsOwnName(n)).Order(StringComparer.Ordinal)];
    }

    private void Remove(Func<string, bool> which)
    {
        if (!Directory.Exists(Real)) return;
        if (_mounts.Below.FirstOrDefault(p => Path.GetDirectoryName(p) != Real) is { } inner)
        {
            throw new CommandException(
                $"something is mounted on {inner}, so nothing in {directory.Path} was deleted; unmount it (umount {inner}) and run this again");
        }
        try
        {
            foreach (var entry in Directory.GetFileSystemEntries(Real).Where(e => which(Path.GetFileName(e)))) RemoveEntry(entry);
            if (!_mounts.Has(Real) && new DirectoryInfo(directory.Path).LinkTarget is null && directory.IsEmpty) Directory.Delete(Real);
        }
        catch (Exception e) when (SystemFailure.Is(e))
        {
            throw new CommandException($"{directory.Path} cannot be deleted: {SystemFailure.Describe(e)}");
        }
    }

    private void RemoveEntry(string entry)
    {
        if (_mounts.Has(entry))
        {
            foreach (var inner in Directory.Exists(entry) ? Directory.GetFileSystemEntries(entry) : []) RemoveEntry(inner);
        }
        else if (Directory.Exists(entry) && new DirectoryInfo(entry).LinkTarget is null) NodeCleanup.RemoveDirectory(entry);
        else File.Delete(entry);
    }
}
