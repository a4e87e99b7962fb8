using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods;

/// <summary>Makes a container's image present, by its imagePullPolicy.</summary>
internal static class ImageStep
{
    /// <exception cref="StartFailure">It is not to be had now.</exception>
    public static async Task<ImageInfo> EnsureAsync(PodContext pod, V1Container container, CancellationToken ct)
    {
        var image = container.Image;
        if (ImageReference.Validate(image) is { } invalid)
        {
            var message = $"Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": {invalid}";
            pod.Event("Warning", "InspectFailed", message, container.Name);
            throw new StartFailure("InvalidImageName", message);
        }
        var policy = container.ImagePullPolicy ?? "IfNotPresent";
        var present = policy == "Always" ? null : await pod.Node.Runtime.GetImageAsync(image, ct);
        if (present is not null)
        {
            pod.Event("Normal", "Pulled", $"Container image \"{image}\" already present on machine and can be accessed by the pod", container.Name);
            return present;
        }
        if (policy == "Never")
        {
            var message = $"Container image \"{image}\" is not present with pull policy of Never";
            pod.Event("Warning", "ErrImageNeverPull", message, container.Name);
            throw new StartFailure("ErrImageNeverPull", message);
        }
        return await PullAsync(pod, container, ct);
    }

    private static async Task<ImageInfo> PullAsync(PodContext pod, V1Container container, CancellationToken ct)
    {
        var (image, time) = (container.Image, pod.Node.Time);
        var key = $"{container.Name} {image}";
        if (pod.PullFailures.TryGetValue(key, out var failure) && pod.Pulls.Remaining(key, failure.At) is var left && left > TimeSpan.Zero)
        {
            pod.Event("Normal", "BackOff", $"Back-off pulling image \"{image}\"", container.Name);
            throw new StartFailure("ImagePullBackOff", $"Back-off pulling image \"{image}\": ErrImagePull: {failure.Message}", left);
        }
        pod.Event("Normal", "Pulling", $"Pulling image \"{image}\"", container.Name);
        var started = time.GetTimestamp();
        try
        {
            await pod.Node.Images.PullAsync(image, await PullSecrets.ForAsync(pod, image, ct), ct);
            var info = await pod.Node.Runtime.GetImageAsync(image, ct) ?? throw new RuntimeException(RuntimeErrorCode.NotFound, $"image \"{image}\" is gone again");
            var took = GoDuration.Format(Rounded(time.GetElapsedTime(started)));
            pod.Event("Normal", "Pulled", $"Successfully pulled image \"{image}\" in {took} ({took} including waiting). Image size: {info.Size} bytes.", container.Name);
            pod.Pulls.Reset(key);
            pod.PullFailures.Remove(key);
            return info;
        }
        catch (RuntimeException e)
        {
            pod.Event("Warning", "Failed", $"Failed to pull image \"{image}\": {e.Message}", container.Name);
            pod.Pulls.Next(key, time.Steady());
            pod.PullFailures[key] = (time.Steady(), e.Message);
            throw new StartFailure("ErrImagePull", e.Message, TimeSpan.FromSeconds(1));
        }
    }

    private static TimeSpan Rounded(TimeSpan span) => TimeSpan.FromMilliseconds(Math.Round(span.TotalMilliseconds));
}
