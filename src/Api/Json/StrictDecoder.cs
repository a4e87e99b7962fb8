using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using k8s;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>How a request wants unknown and duplicate fields treated (<c>fieldValidation</c>).</summary>
public enum FieldValidation { Ignore, Warn, Strict }

/// <summary>Decodes what comes from outside. What is wrong with it is said in upstream's words; what stored bytes need is <see cref="ResourceType.DecodeObject"/>.</summary>
public static class StrictDecoder
{
    /// <param name="body">JSON; YAML goes through <see cref="YamlToJson"/> first.</param>
    /// <param name="sent">What the client sent when that was not <paramref name="body"/>: messages show its head.</param>
    /// <param name="warnings">Takes one text for each unknown or duplicate field under <see cref="FieldValidation.Warn"/>.</param>
    /// <exception cref="StatusException">400, when the body is no such object.</exception>
    public static IKubernetesObject<V1ObjectMeta> Decode(ResourceType type, ReadOnlySpan<byte> body, FieldValidation validation, List<string> warnings, ReadOnlySpan<byte> sent = default) =>
        (IKubernetesObject<V1ObjectMeta>)Decode(type.ClrType, type.GroupVersionKind, body, sent, validation, warnings);

    /// <summary>As above, for bodies that are no resource of their own: Scale, Binding, TokenRequest.</summary>
    public static T Decode<T>(GroupVersionKind kind, ReadOnlySpan<byte> body, FieldValidation validation, List<string> warnings, ReadOnlySpan<byte> sent = default) where T : class =>
        (T)Decode(typeof(T), kind, body, sent, validation, warnings);

    /// <summary>What a patch produced must still say that it is of <paramref name="expected"/>.</summary>
    /// <exception cref="GoDecodeException">It says something else, or nothing.</exception>
    public static void CheckKind(IKubernetesObject value, GroupVersionKind expected, ReadOnlySpan<byte> json)
    {
        if (value.Kind == expected.Kind && value.ApiVersion == expected.ApiVersion) return;
        if (string.IsNullOrEmpty(value.Kind)) throw new GoDecodeException($"Object 'Kind' is missing in '{Encoding.UTF8.GetString(json)}'");
        if (string.IsNullOrEmpty(value.ApiVersion)) throw new GoDecodeException($"Object 'apiVersion' is missing in '{Encoding.UTF8.GetString(json)}'");
        BodyKind.Check(BodyKind.Identify(json, expected), expected);
    }

    /// <summary>The options that a deletion brings along; unknown fields are no matter.</summary>
    /// <exception cref="GoDecodeException">They are none.</exception>
    public static V1DeleteOptions DecodeDeleteOptions(ReadOnlySpan<byte> body)
    {
        var expected = new GroupVersionKind("", "v1", "DeleteOptions");
        if (!Utf8.IsValid(body)) body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body));
        BodyKind.CheckDeleteOptions(BodyKind.Identify(body, expected));
        return (V1DeleteOptions)DecodeBare(typeof(V1DeleteOptions), body, out _);
    }

    /// <summary>The refusal of a body that could not even be read as far as its kind.</summary>
    public static StatusException Unrecognized(string expectedKind, string why, ReadOnlySpan<byte> sent) =>
        ApiErrors.BadRequest($"the object provided is unrecognized (must be of type {expectedKind}): {why} ({BodyKind.Summary(sent)})");

    /// <summary>What upstream's messages call the type that it decodes a kind into: <c>core.Pod</c>.</summary>
    public static string InternalName(GroupVersionKind kind) => $"{Schemas.PackageOf(kind.Group)}.{kind.Kind}";

    /// <summary>What is said of a kind that nobody knows.</summary>
    public static string NoSuchKind(GroupVersionKind kind) => BodyKind.Unregistered(kind).Message;

    /// <summary>The refusal of a body of a known kind that cannot be used here.</summary>
    public static StatusException Unusable(GroupVersionKind found, string expectedKind, string why) =>
        ApiErrors.BadRequest($"{found.Kind} in version {GoText.Quote(found.Version)} cannot be handled as a {expectedKind}: {why}");

    /// <summary>Decodes what a patch produced: no word about kind and version in front of the error.</summary>
    /// <exception cref="GoDecodeException">The value of some field does not fit.</exception>
    public static object DecodeBare(Type type, ReadOnlySpan<byte> json, out IReadOnlyList<string> findings)
    {
        findings = [];
        if (!HasNull(json) && TryDecodeStraight(type, json, out var value)) return value;
        var cleaned = GoWalk.Clean(json, SchemaOf(type), out findings);
        try
        {
            return JsonSerializer.Deserialize(cleaned.Span, KubeJson.Options.GetTypeInfo(type)) ?? throw new GoDecodeException("unexpected null");
        }
        catch (JsonException) when (GoSyntax.Check(cleaned.Span) is null)
        {
            // The walk has found everything else; what remains are free-form fields nested deeper than the store's limit.
            throw new GoDecodeException("exceeded max depth");
        }
    }

    private static Schema SchemaOf(Type type) => Schemas.Of(type) ?? throw new InvalidOperationException($"{type.Name} stands for no type of the API");

    private static object Decode(Type type, GroupVersionKind expected, ReadOnlySpan<byte> body, ReadOnlySpan<byte> sent, FieldValidation validation, List<string> warnings)
    {
        if (!HasNull(body) && TryDecodeStraight(type, body, out var value) && Identify(value, expected)) return value;
        if (sent.IsEmpty) sent = body;
        if (!Utf8.IsValid(body)) body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body));
        GroupVersionKind found;
        try
        {
            found = BodyKind.Identify(body, expected);
        }
        catch (GoDecodeException e)
        {
            throw Unrecognized(expected.Kind, e.Message, sent);
        }
        try
        {
            BodyKind.Check(found, expected);
            value = DecodeBare(type, body, out var findings);
            Judge(findings, validation, warnings);
            Identify(value, expected);
        }
        catch (GoDecodeException e)
        {
            throw Unusable(found, expected.Kind, e.Message);
        }
        if (found.ApiVersion != expected.ApiVersion)
        {
            throw ApiErrors.BadRequest($"the API version in the data ({found.ApiVersion}) does not match the expected API version ({expected.ApiVersion})");
        }
        return value;
    }

    private static void Judge(IReadOnlyList<string> findings, FieldValidation validation, List<string> warnings)
    {
        if (findings.Count == 0) return;
        if (validation == FieldValidation.Strict) throw new GoDecodeException($"strict decoding error: {string.Join(", ", findings)}");
        if (validation == FieldValidation.Warn) warnings.AddRange(findings);
    }

    /// <summary>Go leaves a field alone on null, C# would set it; and a list may hold nulls. "null" inside a text only costs time.</summary>
    private static bool HasNull(ReadOnlySpan<byte> json) => json.IndexOf("null"u8) >= 0;

    private static bool TryDecodeStraight(Type type, ReadOnlySpan<byte> json, out object value)
    {
        value = null!;
        try
        {
            if (JsonSerializer.Deserialize(json, KubeJson.Strict.GetTypeInfo(type)) is not { } decoded) return false;
            value = decoded;
            return true;
        }
        catch (JsonException)
        {
            return false; // the slow path finds out why, and whether it matters
        }
    }

    /// <summary>Fills a missing apiVersion and kind. False when the body says it is something else.</summary>
    private static bool Identify(object value, GroupVersionKind expected)
    {
        if (value is not IKubernetesObject named) return true;
        if (string.IsNullOrEmpty(named.ApiVersion)) named.ApiVersion = expected.ApiVersion;
        if (string.IsNullOrEmpty(named.Kind)) named.Kind = expected.Kind;
        return named.ApiVersion == expected.ApiVersion && named.Kind == expected.Kind;
    }
}
