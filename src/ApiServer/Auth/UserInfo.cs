namespace Coxswain.ApiServer.Auth;

/// <summary>Who sent a request.</summary>
/// <param name="Uid">Of the service account; empty for others.</param>
public sealed record UserInfo(string Name, IReadOnlyList<string> Groups, string Uid = "")
{
    public const string Authenticated = "system:authenticated";
    public const string Masters = "system:masters";
    public const string ServiceAccountPrefix = "system:serviceaccount:";
    public const string NodePrefix = "system:node:";
    public const string Nodes = "system:nodes";
    /// <summary>The key in <see cref="Extra"/> that names the certificate or token that was shown.</summary>
    public const string CredentialId = "authentication.kubernetes.io/credential-id";

    public static UserInfo Anonymous { get; } = new("system:anonymous", ["system:unauthenticated"]);

    /// <summary>What else is known of the caller, by upstream's keys (<c>authentication.kubernetes.io/pod-name</c> ...).</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public bool IsMaster => Groups.Contains(Masters);

    /// <summary>The node's name when the caller is one: user <c>system:node:NAME</c> in group <c>system:nodes</c>.</summary>
    public string? NodeName => Name.StartsWith(NodePrefix, StringComparison.Ordinal) && Groups.Contains(Nodes) ? Name[NodePrefix.Length..] : null;
}
