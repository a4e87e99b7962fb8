using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coxswain.Soak.Clusters;

/// <summary>One answer, read to its end.</summary>
/// <param name="RetryAfter">What the header of that name says.</param>
internal readonly record struct Answer(int Status, string Text, TimeSpan? RetryAfter = null)
{
    public bool Succeeded => Status is >= 200 and < 300;

    public JsonNode Json => JsonNode.Parse(Text) ?? throw new JsonException("null");

    /// <summary>Whether it is an error as Kubernetes gives them: an object of kind Status with a reason or a message.</summary>
    public bool IsStatus
    {
        get
        {
            try { return (string?)Json["kind"] == "Status" && Json["message"] is not null; }
            catch (Exception e) when (e is JsonException or InvalidOperationException) { return false; }
        }
    }

    /// <summary>
    /// 5xx, but for two that are contract: Kubernetes answers input that it did not foresee (rubbish as DeleteOptions, say) with a plain
    /// 500 that has no reason, and a resourceVersion from the future with 504.
    /// </summary>
    public bool IsFailure => Status >= 500
        && !(Status == 500 && IsStatus && Json["reason"] is null)
        && !(Status == 504 && Text.Contains("Too large resource version", StringComparison.Ordinal));

    public string Describe() => $"{Status} {Texts.Short(Text)}";
}
