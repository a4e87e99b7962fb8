using Coxswain.Node.Runtime;

namespace Coxswain.Node.Images;

/// <summary>The image of the process that holds a Pod's namespaces: one static program of our own (<c>pause/pause.c</c>), never pulled.</summary>
public static class PauseImage
{
    /// <summary>The name ends in a domain that nobody can own. The tag changes with the program.</summary>
    public const string Name = "coxswain.internal/pause:1";

    /// <summary>What containerd looks for from 2.0 on unless it is told otherwise; those versions do not say what they look for.</summary>
    public static IReadOnlyList<string> UsualNames { get; } = ["registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10.1", Name];

    /// <summary>Imports the image unless it is there.</summary>
    /// <param name="name">Null for its own; a runtime that was not configured by us may look for it under another.</param>
    public static async Task EnsureAsync(IRuntime runtime, CancellationToken ct, string? name = null)
    {
        if (await runtime.GetImageAsync(name ?? Name, ct) is not null) return;
        using var archive = new MemoryStream();
        await WriteArchiveAsync(archive, name ?? Name, ct);
        archive.Position = 0;
        await runtime.ImportImagesAsync(archive, ct);
    }

    internal static Task WriteArchiveAsync(Stream output, string name, CancellationToken ct) =>
        OciArchive.WriteAsync(output, name, new ImageSettings { Entrypoint = ["/pause"], User = "65535:65535" }, [new ImageLayer().AddFile("pause", Program(), executable: true).ToTar()], ct);

    private static byte[] Program()
    {
        using var resource = typeof(PauseImage).Assembly.GetManifestResourceStream("pause")!;
        var program = new byte[resource.Length];
        resource.ReadExactly(program);
        return program;
    }
}
