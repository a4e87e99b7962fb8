namespace Coxswain.Node.Volumes;

/// <summary>A part of a volume cannot be opened. What the message says of the node is for its log, not for the Pod.</summary>
internal sealed class SubPathException(bool making, IOException why) : Exception(why.Message, why)
{
    /// <summary>It failed at what was missing.</summary>
    public bool Making => making;
}
