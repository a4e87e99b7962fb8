using System.Runtime.CompilerServices;

namespace Coxswain.EndToEnd.Harness;

/// <summary>Where things lie in the checkout that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();
    public static string Cox => Path.Combine(Root, "artifacts", "cox");
    public static string Images => Path.Combine(Root, "artifacts", "images");
    public static string Example(string path) => Path.Combine(Root, "examples", path);

    private static string FindRoot([CallerFilePath] string here = "")
    {
        for (var d = Path.GetDirectoryName(here); d is not null; d = Path.GetDirectoryName(d))
            if (File.Exists(Path.Combine(d, "Coxswain.slnx"))) return d;
        throw new InvalidOperationException("no checkout around " + here);
    }
}
