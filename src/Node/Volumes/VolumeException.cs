namespace Coxswain.Node.Volumes;

/// <summary>A volume cannot be set up now. The message ends the FailedMount event.</summary>
internal sealed class VolumeException(string message) : Exception(message);
