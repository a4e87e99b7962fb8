using System.Globalization;
using Coxswain.Node.Linux;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Images;

/// <summary>Archives in <c>&lt;data-dir&gt;/images</c>: imported at each start, those that are new or changed, or whose images are gone.</summary>
public sealed partial class ImageFolder(string directory, IRuntime runtime, ILogger<ImageFolder> logger)
{
    /// <summary>One line a file: its size, its time, its name, then the images it holds.</summary>
    private readonly string _record = Path.Combine(directory, ".imported");

    /// <summary>A file that is no image archive is logged and left out.</summary>
    /// <returns>The full names that are present because of this folder.</returns>
    public async Task<IReadOnlyList<string>> ImportAsync(CancellationToken ct)
    {
        if (!Directory.Exists(directory)) return [];
        var known = File.Exists(_record) ? (await File.ReadAllLinesAsync(_record, ct)).Select(l => l.Split('\t')).Where(f => f.Length > 1).ToDictionary(f => f[0], f => f[1..]) : [];
        var lines = new Dictionary<string, string[]>();
        var files = Directory.GetFiles(directory, "*.tar").Where(f => FileStatus.Of(f).Kind == FileKind.Regular); // a pipe would keep the start waiting
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var key = Key(file);
            var names = known.TryGetValue(key, out var before) && await ArePresentAsync(before, ct) ? before : await ImportAsync(file, ct);
            if (names.Length > 0) lines[key] = names;
        }
        if (lines.Count > 0 || known.Count > 0) await File.WriteAllLinesAsync(_record, lines.Select(l => l.Key + "\t" + string.Join('\t', l.Value)), ct);
        return [.. lines.Values.SelectMany(n => n)];
    }

    private async Task<string[]> ImportAsync(string file, CancellationToken ct)
    {
        try
        {
            await using var archive = File.OpenRead(file);
            return [.. await runtime.ImportImagesAsync(archive, ct)];
        }
        catch (Exception e) when (e is RuntimeException { Code: RuntimeErrorCode.InvalidArgument } or IOException or UnauthorizedAccessException)
        {
            LogNotImported(logger, file, (e as RuntimeException)?.Description ?? e.Message);
            return [];
        }
    }

    private async Task<bool> ArePresentAsync(string[] names, CancellationToken ct)
    {
        foreach (var name in names)
        {
            if (await runtime.GetImageAsync(name, ct) is null) return false;
        }
        return true;
    }

    private static string Key(string file)
    {
        var info = new FileInfo(file);
        return string.Create(CultureInfo.InvariantCulture, $"{info.Length} {info.LastWriteTimeUtc.Ticks} {info.Name}");
    }

    [LoggerMessage(EventId = 6201, Level = LogLevel.Warning, Message = "{File} was not imported: {Reason}")]
    private static partial void LogNotImported(ILogger logger, string file, string reason);
}
