using Coxswain.ApiServer.Auth;

namespace Coxswain.ApiServer.Http;

/// <summary>What a connection's client certificate says; absent when none was shown. Found among the connection's features by each of its requests.</summary>
/// <param name="User">Null when the certificate is not one of ours, or is out of date.</param>
internal sealed record ConnectionCaller(UserInfo? User);
