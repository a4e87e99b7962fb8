using System.CommandLine;

namespace Coxswain.Cli;

/// <summary><c>--data-dir</c>, which every verb that touches a cluster on this machine has.</summary>
public static class DataDirectoryOption
{
    public static Option<string> Create() => new("--data-dir")
    {
        HelpName = "DIR",
        Description = "where the cluster keeps everything",
        DefaultValueFactory = _ => "/var/lib/coxswain",
    };

    /// <summary>The absolute path, without a trailing slash.</summary>
    public static string Value(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw new UsageException("--data-dir: an empty path");
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(text));
        if (path == "/") throw new UsageException("--data-dir: / cannot be a cluster's directory");
        if (File.Exists(path)) throw new UsageException($"--data-dir: {path} is a file");
        return path;
    }
}
