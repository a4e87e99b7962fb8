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
    /// 5xx, but not where Kubernetes answers an input that it did not foresee (rubbish as DeleteOptions, say) with a plain 500 that has no reason: that is contract, and nothing has failed.
    /// </summary>
    public bool IsFailure => Status >= 500 && !(Status == 500 && IsStatus && Json["reason"] is null);

    public string Describe() => $"{Status} {Texts.Short(Text)}";
}
