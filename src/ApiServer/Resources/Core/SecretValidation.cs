using System.Text.Json;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

/// <summary>Keys and size, and what each of the well-known types must hold.</summary>
internal static class SecretValidation
{
    public const int MaximumBytes = 1024 * 1024;
    private const string AccountAnnotation = "kubernetes.io/service-account.name";

    public static void Secret(V1Secret value, FieldErrors errors)
    {
        var path = FieldPath.Root("data");
        var data = value.Data ?? new Dictionary<string, byte[]>();
        foreach (var key in data.Keys.Order(StringComparer.Ordinal)) errors.InvalidAll(path.Key(key), key, ValueRules.ConfigKey(key));
        if (data.Values.Sum(v => (long)(v?.Length ?? 0)) > MaximumBytes) errors.TooLong(path, MaximumBytes);
        Contents(value, data, path, errors);
    }

    private static void Contents(V1Secret value, IDictionary<string, byte[]> data, FieldPath path, FieldErrors errors)
    {
        switch (value.Type)
        {
            case "kubernetes.io/service-account-token":
                if (value.Metadata.Annotations is not { } annotations || !annotations.TryGetValue(AccountAnnotation, out var account) || string.IsNullOrEmpty(account))
                    errors.Required(FieldPath.Root("metadata").Child("annotations").Key(AccountAnnotation));
                break;
            case "kubernetes.io/dockercfg":
                JsonObject(".dockercfg", data, path, errors);
                break;
            case "kubernetes.io/dockerconfigjson":
                JsonObject(".dockerconfigjson", data, path, errors);
                break;
            case "kubernetes.io/basic-auth":
                if (data.ContainsKey("username") || data.ContainsKey("password")) break;
                errors.Required(path.Key("username"));
                errors.Required(path.Key("password"));
                break;
            case "kubernetes.io/ssh-auth":
                if (!data.TryGetValue("ssh-privatekey", out var key) || key is not { Length: > 0 }) errors.Required(path.Key("ssh-privatekey"));
                break;
            case "kubernetes.io/tls":
                if (!data.ContainsKey("tls.crt")) errors.Required(path.Key("tls.crt"));
                if (!data.ContainsKey("tls.key")) errors.Required(path.Key("tls.key"));
                break;
        }
    }

    private static void JsonObject(string key, IDictionary<string, byte[]> data, FieldPath path, FieldErrors errors)
    {
        if (!data.TryGetValue(key, out var json)) errors.Required(path.Key(key));
        else if (JsonFault(json ?? []) is { } fault) errors.Invalid(path.Key(key), "<secret contents redacted>", fault);
    }

    /// <summary>Null when the bytes are one JSON object (or null), else what is wrong, nearly as Go's decoder says it.</summary>
    private static string? JsonFault(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Object or JsonValueKind.Null => null,
                JsonValueKind.Array => Mismatch("array"),
                JsonValueKind.String => Mismatch("string"),
                JsonValueKind.Number => Mismatch("number"),
                _ => Mismatch("bool"),
            };
        }
        catch (JsonException e)
        {
            var at = Position(json, e);
            return at >= json.Length ? "unexpected end of JSON input" : $"invalid character {Quoted(json[at])} {(LooksForValue(json, at) ? "looking for beginning of value" : "after top-level value")}";
        }
    }

    private static string Mismatch(string what) => $"json: cannot unmarshal {what} into Go value of type map[string]interface {{}}";

    private static int Position(byte[] json, JsonException e)
    {
        var start = 0;
        for (var line = e.LineNumber ?? 0; line > 0 && start < json.Length; start++)
            if (json[start] == '\n') line--;
        return (int)Math.Min(start + (e.BytePositionInLine ?? 0), json.Length);
    }

    private static bool LooksForValue(byte[] json, int at)
    {
        for (var i = at - 1; i >= 0; i--)
            if (json[i] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')) return json[i] is (byte)'{' or (byte)'[' or (byte)',' or (byte)':';
        return true;
    }

    private static string Quoted(byte c) => c switch
    {
        (byte)'\'' => "'\\''",
        (byte)'"' => "'\"'",
        (byte)'\n' => "'\\n'",
        (byte)'\t' => "'\\t'",
        < 32 or >= 127 => $"'\\x{c:x2}'",
        _ => $"'{(char)c}'",
    };
}
