using Coxswain.Node.Runtime;

namespace Coxswain.Node.Images;

/// <summary>The image of the process that holds a Pod's namespaces: one static program of our own (<c>pause/pause.c</c>), never pulled.</summary>
public static class PauseImage
{
    /// <summary>The name ends in a domain that nobody can own. The tag changes with the program.</summary>
    public const string Name = "coxswain.internal/pause:1";

    /// <summary>Imports the image unless it is there.</summary>
    public static async Task EnsureAsync(IRuntime runtime, CancellationToken ct)
    {
        if (await runtime.GetImageAsync(Name, ct) is not null) return;
        using var archive = new MemoryStream();
        await WriteArchiveAsync(archive, ct);
        archive.Position = 0;
        await runtime.ImportImagesAsync(archive, ct);
    }

    /// <summary>The image as an OCI archive, for a runtime that is not ours to import into.</summary>
    public static Task WriteArchiveAsync(Stream output, CancellationToken ct) =>
        OciArchive.WriteAsync(output, Name, new ImageSettings { Entrypoint = ["/pause"], User = "65535:65535" }, [new ImageLayer().AddFile("pause", Program(), executable: true).ToTar()], ct);

    private static byte[] Program()
    {
        using var resource = typeof(PauseImage).Assembly.GetManifestResourceStream("pause")!;
        var program = new byte[resource.Length];
        resource.ReadExactly(program);
        return program;
    }
}
