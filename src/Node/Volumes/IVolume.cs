namespace Coxswain.Node.Volumes;

/// <summary>One volume of one Pod on this node.</summary>
internal interface IVolume : IDisposable
{
    /// <summary>Where it lies on the node.</summary>
    string Path { get; }

    /// <summary>Whether containers may only read it.</summary>
    bool ReadOnly { get; }

    /// <summary>Makes it, or brings its content up to date. Cheap when nothing changed; may be repeated after a crash.</summary>
    /// <exception cref="VolumeException">Not now.</exception>
    Task SetUpAsync(CancellationToken ct);
}
