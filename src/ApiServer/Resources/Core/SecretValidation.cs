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

    /// <summary>Null when the bytes are one JSON object (or null), else what is wrong, as Go's decoder says it.</summary>
    private static string? JsonFault(byte[] json)
    {
        if (GoSyntax.Check(json) is { } fault) return fault;
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = GoSyntax.MaximumDepth });
        return document.RootElement.ValueKind switch
        {
            JsonValueKind.Object or JsonValueKind.Null => null,
            JsonValueKind.Array => Mismatch("array"),
            JsonValueKind.String => Mismatch("string"),
            JsonValueKind.Number => Mismatch("number"),
            _ => Mismatch("bool"),
        };
    }

    private static string Mismatch(string what) => $"json: cannot unmarshal {what} into Go value of type map[string]interface {{}}";
}
