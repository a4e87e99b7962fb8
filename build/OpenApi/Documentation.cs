using System.Reflection;
using System.Text;
using System.Xml;

namespace Coxswain.Build.OpenApi;

/// <summary>The model package's XML documentation: summaries by member, lines joined again to paragraphs.</summary>
internal static class Documentation
{
    public static Dictionary<string, string> Load()
    {
        var path = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ModelDocumentation").Value!;
        var summaries = new Dictionary<string, string>();
        using var reader = XmlReader.Create(path);
        while (reader.ReadToFollowing("member"))
        {
            var name = reader.GetAttribute("name")!;
            if (!name.StartsWith("P:k8s.Models.", StringComparison.Ordinal) && !name.StartsWith("T:k8s.Models.", StringComparison.Ordinal)) continue;
            using var member = reader.ReadSubtree();
            if (member.ReadToFollowing("summary")) summaries.TryAdd(name, Paragraphs(member.ReadElementContentAsString()));
        }
        return summaries;
    }

    private static string Paragraphs(string text)
    {
        var joined = new StringBuilder();
        foreach (var line in text.Trim().Split('\n').Select(l => l.Trim()))
        {
            if (line.Length == 0) joined.Append("\n\n");
            else joined.Append(joined.Length == 0 || joined[^1] == '\n' ? "" : " ").Append(line);
        }
        return joined.ToString();
    }
}
