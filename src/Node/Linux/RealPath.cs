namespace Coxswain.Node.Linux;

/// <summary>Paths as the kernel shows them: without symbolic links.</summary>
internal static class RealPath
{
    /// <summary>Follows each link on the way. What does not exist (any more) stays as it is written.</summary>
    /// <param name="path">Absolute.</param>
    public static string Of(string path)
    {
        var real = "/";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            try { real = new FileInfo(next).ResolveLinkTarget(returnFinalTarget: true)?.FullName is { } target ? Of(target) : next; }
            catch (IOException) { real = next; } // a link to itself
        }
        return real;
    }
}
