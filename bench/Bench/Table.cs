using System.Text;

namespace Coxswain.Bench;

/// <summary>The rows in the order they came, as Markdown.</summary>
internal sealed class Table
{
    private readonly List<Row> _rows = [];

    public void Add(Row row)
    {
        _rows.Add(row);
        Console.Error.WriteLine($"    {row.What}: {row.Measured}{(row.Floor.Length > 0 ? $"; floor {row.Floor}" : "")}{(row.Ratio.Length > 0 ? $"; ratio {row.Ratio}" : "")}");
    }

    public string ToMarkdown(string heading)
    {
        var text = new StringBuilder(heading).AppendLine().AppendLine();
        text.AppendLine("| what | measured | floor, same run | ratio | goal |").AppendLine("|---|---|---|---|---|");
        foreach (var row in _rows) text.AppendLine($"| {row.What} | {row.Measured} | {row.Floor} | {row.Ratio} | {row.Goal} |");
        return text.ToString();
    }
}
