namespace Coxswain.Api;

/// <param name="Equal">True for <c>=</c> and <c>==</c>, false for <c>!=</c>.</param>
public sealed record FieldRequirement(string Field, bool Equal, string Value);
