namespace Coxswain.Node.Runtime;

/// <summary>Credentials for a registry: user and password, or a token.</summary>
public sealed record RegistryAuth
{
    public string Username { get; init; } = "";
    public string Password { get; init; } = "";
    public string ServerAddress { get; init; } = "";
    public string IdentityToken { get; init; } = "";
    public string RegistryToken { get; init; } = "";

    /// <summary>Keeps secrets out of logs.</summary>
    public override string ToString() => $"RegistryAuth({Username}@{ServerAddress})";
}
