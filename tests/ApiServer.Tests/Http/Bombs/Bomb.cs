using System.Text;

namespace Coxswain.ApiServer.Tests.Http.Bombs;

/// <summary>A request that asks for far more work than its size tells.</summary>
/// <param name="Code">The answer's status code.</param>
/// <param name="Says">What the answer's body contains.</param>
public sealed record Bomb(string Name, string Method, string Path, int Code, string Says)
{
    public Func<byte[]>? Body { get; init; }
    public string ContentType { get; init; } = "application/json";
    public string? ContentEncoding { get; init; }
    public string? Accept { get; init; }

    public static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();

    /// <summary>Each piece made for its number, 0 and up.</summary>
    public static string Each(int count, Func<int, string> piece, string between = ",") => string.Join(between, Enumerable.Range(0, count).Select(piece));

    public override string ToString() => Name;
}
