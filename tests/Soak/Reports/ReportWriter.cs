using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Coxswain.Soak.Reports;

/// <summary>A report for machines and for people.</summary>
internal static class ReportWriter
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <returns>The file.</returns>
    public static string WriteJson(SoakReport report, string directory)
    {
        var file = Path.Combine(directory, "report.json");
        File.WriteAllText(file, JsonSerializer.Serialize(report, Indented) + "\n");
        return file;
    }

    public static void WriteTable(SoakReport report, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(Text($"| fault | rounds | failed | well again after: median | p99 | max |"));
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (var f in report.Faults)
            output.WriteLine(Text($"| {f.Fault} | {f.Count} | {f.Failed} | {Seconds(f.Median)} | {Seconds(f.P99)} | {Seconds(f.Max)} |"));
        output.WriteLine();
        foreach (var (name, value) in Figures(report)) output.WriteLine($"{name + ":",-28} {value}");
        output.WriteLine();
        foreach (var (invariant, count) in report.Invariants)
            output.WriteLine($"{(count == 0 ? "ok  " : "FAIL")} {invariant}{(count == 0 ? "" : $": {count}")}");
        if (report.Findings.Count > 0) output.WriteLine("\nFindings:");
        foreach (var f in report.Findings) output.WriteLine($"  round {f.Round} ({f.Fault}): {f.Invariant}: {f.Detail}");
    }

    private static IEnumerable<(string Name, string Value)> Figures(SoakReport r)
    {
        yield return ("minutes, seed, rounds", Text($"{r.Minutes:0.0}, {r.Seed}, {r.Rounds}"));
        yield return ("acknowledged writes, lost", Text($"{r.AcknowledgedWrites}, {r.LostWrites}"));
        yield return ("watch events, lists", Text($"{r.WatchEvents}, {r.WatchListings}"));
        yield return ("short-lived Pods", Text($"{r.ShortLivedPods}"));
        yield return ("bystanders disturbed", Text($"{r.BystandersDisturbed}"));
        yield return ("requests, hostile ones", Text($"{r.Requests}, {r.HostileRequests}"));
        yield return ("5xx, unexplained", Text($"{r.ServerErrors}, {r.UnexplainedErrors}"));
        yield return ("unanswered", Text($"{r.Unanswered}"));
        yield return ("another client's GET",
            Text($"{r.Reads} times, median {r.ReadMedianMs} ms, p99 {r.ReadP99Ms} ms, max {r.ReadMaxMs} ms"));
        yield return ("memory first, peak, last",
            $"{Texts.Mebibytes(r.ResidentFirst)}, {Texts.Mebibytes(r.ResidentPeak)}, {Texts.Mebibytes(r.ResidentLast)} MiB");
    }

    private static string Seconds(double? seconds) => seconds is { } s ? Text($"{s:0.00} s") : "-";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
