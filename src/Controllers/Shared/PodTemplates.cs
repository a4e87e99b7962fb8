using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Pod templates as controllers use them: compared, hashed, made into Pods.</summary>
internal static class PodTemplates
{
    public const string HashLabel = "pod-template-hash";

    private static readonly ConditionalWeakTable<V1PodTemplateSpec, byte[]> Encoded = []; // objects from caches never change, so neither does their encoding

    /// <summary>Whether two templates ask for the same Pods; <see cref="HashLabel"/>, which controllers add, does not count.</summary>
    public static bool SameExceptHash(V1PodTemplateSpec a, V1PodTemplateSpec b)
    {
        var (left, right) = (WithoutHash(a), WithoutHash(b));
        if (left.AsSpan().SequenceEqual(right)) return true;
        using var leftDocument = JsonDocument.Parse(left);
        using var rightDocument = JsonDocument.Parse(right);
        return JsonElement.DeepEquals(leftDocument.RootElement, rightDocument.RootElement); // maps may list their keys in another order
    }

    /// <summary>A short, name-safe hash of a template: the same for the same template in any order of its maps.</summary>
    /// <param name="collisionCount">Mixed in, to get away from a hash that something else already uses.</param>
    public static string Hash(V1PodTemplateSpec template, int? collisionCount)
    {
        using var document = JsonDocument.Parse(Encode(template));
        var hash = Mix(2166136261, document.RootElement);
        if (collisionCount is { } count) hash = Mix(hash, count.ToString(CultureInfo.InvariantCulture));
        return SafeEncode(hash.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A Pod as the template says, owned by <paramref name="owner"/> and named after it by the server.</summary>
    public static V1Pod NewPod(V1ObjectMeta ownerMeta, V1OwnerReference owner, V1PodTemplateSpec template) => new()
    {
        ApiVersion = Kinds.Pods.ApiVersion,
        Kind = Kinds.Pods.Kind,
        Metadata = new V1ObjectMeta
        {
            NamespaceProperty = ownerMeta.NamespaceProperty,
            GenerateName = $"{ownerMeta.Name}-",
            Labels = Copy(template.Metadata?.Labels),
            Annotations = Copy(template.Metadata?.Annotations),
            Finalizers = template.Metadata?.Finalizers is { Count: > 0 } finalizers ? [.. finalizers] : null,
            OwnerReferences = [owner],
        },
        Spec = CloneSpec(template),
    };

    /// <summary>A deep copy of the template's Pod spec: the API fills in what is missing, and the cached one must stay as it is.</summary>
    public static V1PodSpec CloneSpec(V1PodTemplateSpec template) => KubeJson.Deserialize<V1PodTemplateSpec>(Encode(template))!.Spec;

    public static V1PodTemplateSpec Clone(V1PodTemplateSpec template) => KubeJson.Deserialize<V1PodTemplateSpec>(Encode(template))!;

    public static Dictionary<string, string>? Copy(IDictionary<string, string>? map) => map is null or { Count: 0 } ? null : new(map, StringComparer.Ordinal);

    private static byte[] Encode(V1PodTemplateSpec template) => Encoded.GetValue(template, static value => KubeJson.Serialize(value));

    private static byte[] WithoutHash(V1PodTemplateSpec template)
    {
        if (template.Metadata?.Labels?.ContainsKey(HashLabel) != true) return Encode(template);
        var labels = Copy(template.Metadata.Labels)!;
        labels.Remove(HashLabel);
        return KubeJson.Serialize(template with { Metadata = template.Metadata with { Labels = labels.Count == 0 ? null : labels } });
    }

    // FNV-1a, 32 bit, over a walk of the document with each object's names in order.
    private static uint Mix(uint hash, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                hash = Mix(hash, "{");
                foreach (var property in element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    hash = Mix(Mix(Mix(hash, property.Name), ":"), property.Value);
                }
                return Mix(hash, "}");
            case JsonValueKind.Array:
                hash = Mix(hash, "[");
                foreach (var item in element.EnumerateArray()) hash = Mix(Mix(hash, item), ",");
                return Mix(hash, "]");
            default:
                return Mix(hash, element.GetRawText());
        }
    }

    private static uint Mix(uint hash, string text)
    {
        foreach (var b in Encoding.UTF8.GetBytes(text)) hash = (hash ^ b) * 16777619;
        return hash;
    }

    // No vowels and no look-alikes: a hash should spell no word.
    private static string SafeEncode(string digits)
    {
        const string alphabet = "bcdfghjklmnpqrstvwxz2456789";
        return string.Create(digits.Length, digits, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = alphabet[text[i] % alphabet.Length];
        });
    }
}
