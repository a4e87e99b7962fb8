using System.Runtime.InteropServices;
using System.Text;

namespace Coxswain.ApiServer.Http;

/// <summary><c>/version</c>: the Kubernetes whose API this is.</summary>
internal static class VersionDocument
{
    public const string GitVersion = "v1.36.0";

    public static ReadOnlyMemory<byte> Json { get; } = Encoding.ASCII.GetBytes($$"""
        {"major":"1","minor":"36","emulationMajor":"1","emulationMinor":"36","minCompatibilityMajor":"1","minCompatibilityMinor":"35","gitVersion":"{{GitVersion}}","gitCommit":"0","gitTreeState":"","buildDate":"1970-01-01T00:00:00Z","goVersion":"go1.26.10","compiler":"gc","platform":"linux/{{Architecture}}"}
        """);

    /// <summary>Go's name for this processor.</summary>
    private static string Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        var other => other.ToString().ToLowerInvariant(),
    };
}
