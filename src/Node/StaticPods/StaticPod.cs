using k8s.Models;

namespace Coxswain.Node.StaticPods;

/// <param name="Place">Where it was read: what is wrong with it is told with that.</param>
internal sealed record StaticPod(V1Pod Pod, ManifestPlace Place);
