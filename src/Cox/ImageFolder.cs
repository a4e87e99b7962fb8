using System.Globalization;
using Coxswain.Node.Runtime;

namespace Coxswain;

/// <summary><c>DATA-DIR/images/*.tar</c>: archives that are imported at start, each once.</summary>
internal static class ImageFolder
{
    private const string Done = ".imported";

    public static async Task ImportAsync(string folder, IRuntime runtime, Action<string> say, CancellationToken ct)
    {
        if (!Directory.Exists(folder)) return;
        var record = Path.Combine(folder, Done);
        var known = File.Exists(record) ? new HashSet<string>(await File.ReadAllLinesAsync(record, ct)) : [];
        foreach (var file in Directory.EnumerateFiles(folder, "*.tar").Order(StringComparer.Ordinal))
        {
            var info = new FileInfo(file);
            var mark = string.Create(CultureInfo.InvariantCulture, $"{info.Name} {info.Length} {info.LastWriteTimeUtc.Ticks}");
            if (known.Contains(mark)) continue;
            try
            {
                await using var archive = File.OpenRead(file);
                var names = await runtime.ImportImagesAsync(archive, ct);
                say($"imported {string.Join(", ", names)}");
                await File.AppendAllTextAsync(record, mark + "\n", ct);
            }
            catch (Exception e) when (e is RuntimeException or IOException or InvalidDataException)
            {
                say($"{file} was not imported: {e.Message}"); // the cluster is of use without it
            }
        }
    }
}
