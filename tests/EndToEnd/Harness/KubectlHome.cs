namespace Coxswain.EndToEnd.Harness;

/// <summary>
/// This process's own home directory for kubectl, gone with it. kubectl remembers there for hours what a server's address served: a later run's server on the same port would be
/// taken for an earlier one.
/// </summary>
internal static class KubectlHome
{
    public static string Directory { get; } = Create();

    private static string Create()
    {
        var made = System.IO.Directory.CreateTempSubdirectory("cox-kubectl-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try { made.Delete(recursive: true); }
            catch (IOException) { } // a kubectl that was ended may write still
        };
        return made.FullName;
    }
}
