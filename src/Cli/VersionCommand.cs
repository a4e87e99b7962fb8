using System.CommandLine;

namespace Coxswain.Cli;

/// <summary><c>cox version</c>: ours, and the Kubernetes version whose API is served.</summary>
public static class VersionCommand
{
    public static Command Create(string version, string kubernetesVersion)
    {
        var command = new Command("version", "print the version");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine($"cox {version} (Kubernetes {kubernetesVersion})"));
        return command;
    }
}
