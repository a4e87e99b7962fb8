namespace Coxswain.ApiServer.Http;

/// <summary>Nobody reads the answer any more. It is found out by writing, and may be so before the request itself counts as aborted.</summary>
internal sealed class CallerGoneException() : OperationCanceledException("the caller has gone");
