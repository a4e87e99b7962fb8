namespace Coxswain.Node.Volumes;

/// <summary>Where some of a volume's files come from.</summary>
internal interface IPayloadSource : IDisposable
{
    /// <summary>Adds its files.</summary>
    /// <exception cref="VolumeException">Something is missing.</exception>
    Task AddAsync(Payload payload, CancellationToken ct);
}
