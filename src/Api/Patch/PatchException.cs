namespace Coxswain.Api;

/// <summary>Why a patch could not be applied, as far as callers treat it differently.</summary>
public enum PatchFailure
{
    /// <summary>The patch document itself makes no sense.</summary>
    Malformed,
    /// <summary>It makes sense, but not on this object.</summary>
    Inapplicable,
    /// <summary>It asks for more work than is allowed.</summary>
    TooLarge,
    /// <summary>Upstream gives these no reason of their own.</summary>
    Other,
}

/// <inheritdoc cref="PatchFailure"/>
public sealed class PatchException(PatchFailure failure, string message) : Exception(message)
{
    public PatchFailure Failure { get; } = failure;
}
