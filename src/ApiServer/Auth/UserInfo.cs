namespace Coxswain.ApiServer.Auth;

/// <summary>Who sent a request.</summary>
/// <param name="Uid">Of the service account; empty for others.</param>
public sealed record UserInfo(string Name, IReadOnlyList<string> Groups, string Uid = "")
{
    public const string Authenticated = "system:authenticated";
    public const string Masters = "system:masters";
    public const string ServiceAccountPrefix = "system:serviceaccount:";
    public const string NodePrefix = "system:node:";

    public static UserInfo Anonymous { get; } = new("system:anonymous", ["system:unauthenticated"]);

    /// <summary>What else is known of the caller, by upstream's keys (<c>authentication.kubernetes.io/pod-name</c> ...).</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public bool IsMaster => Groups.Contains(Masters);
}
