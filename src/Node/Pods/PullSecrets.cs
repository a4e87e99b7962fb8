using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coxswain.Node.Images;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Pods;

/// <summary>Finds the credentials for an image's registry in the Pod's imagePullSecrets.</summary>
internal static class PullSecrets
{
    public static async Task<RegistryAuth?> ForAsync(PodContext pod, string image, CancellationToken ct)
    {
        var name = ImageName.Normalize(image);
        foreach (var reference in pod.Pod.Spec.ImagePullSecrets ?? [])
        {
            if (reference.Name is not { Length: > 0 } || await pod.Objects.SecretAsync(reference.Name, ct) is not { Data: { } data }) continue;
            if (Read(data, name) is { } auth) return auth;
        }
        return null;
    }

    /// <summary>A Secret that cannot be made sense of has no credentials: the registry will say that they are missing.</summary>
    private static RegistryAuth? Read(IDictionary<string, byte[]> data, string image)
    {
        try
        {
            if (data.TryGetValue(".dockerconfigjson", out var config) && Find((JsonNode.Parse(config) as JsonObject)?["auths"] as JsonObject, image) is { } auth) return auth;
            return data.TryGetValue(".dockercfg", out var old) ? Find(JsonNode.Parse(old) as JsonObject, image) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException) { return null; }
    }

    private static RegistryAuth? Find(JsonObject? auths, string image)
    {
        foreach (var (server, entry) in auths ?? [])
        {
            var host = server.Replace("https://", "", StringComparison.Ordinal).Replace("http://", "", StringComparison.Ordinal).TrimEnd('/');
            if (host is "index.docker.io/v1" or "index.docker.io") host = "docker.io";
            if (entry is JsonObject found && image.StartsWith(host + "/", StringComparison.Ordinal)) return Read(found, server);
        }
        return null;
    }

    private static RegistryAuth Read(JsonObject entry, string server)
    {
        var (user, password) = ((string?)entry["username"] ?? "", (string?)entry["password"] ?? "");
        if (user.Length == 0 && (string?)entry["auth"] is { Length: > 0 } both)
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(both)).Split(':', 2);
            if (pair.Length == 2) (user, password) = (pair[0], pair[1]);
        }
        return new RegistryAuth { Username = user, Password = password, ServerAddress = server, IdentityToken = (string?)entry["identitytoken"] ?? "" };
    }
}
