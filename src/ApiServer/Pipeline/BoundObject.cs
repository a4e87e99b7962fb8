namespace Coxswain.ApiServer.Pipeline;

/// <param name="NodeName">For a Pod: the node it is bound to, and that node's uid when the node exists.</param>
public sealed record BoundObject(string Kind, string Name, string Uid, string? NodeName = null, string? NodeUid = null);
