using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>progressDeadlineSeconds: how long a rollout may stand still, however the clock is set meanwhile.</summary>
internal sealed class ProgressTimes(TimeProvider time)
{
    private readonly SteadyMoments<string> _moved = new(time); // by the Deployment's uid

    /// <summary>How much of the deadline is left; negative once it has passed.</summary>
    /// <param name="progress">The condition Progressing, which says when the rollout moved last.</param>
    public TimeSpan Left(V1Deployment deployment, V1DeploymentCondition progress) =>
        TimeSpan.FromSeconds(deployment.Spec.ProgressDeadlineSeconds!.Value) - _moved.Since(deployment.Metadata.Uid, progress.LastUpdateTime);

    /// <summary>The Deployment is gone.</summary>
    public void Forget(V1Deployment deployment) => _moved.Forget(deployment.Metadata.Uid);
}
