namespace Coxswain.ApiServer.Auth;

/// <summary>What became of a token that was shown.</summary>
/// <param name="User">Null when it is no good.</param>
/// <param name="Audiences">Those asked for that it is for.</param>
/// <param name="Fault">Why it is no good; else empty.</param>
internal sealed record TokenVerdict(UserInfo? User, IReadOnlyList<string> Audiences, string Fault);
