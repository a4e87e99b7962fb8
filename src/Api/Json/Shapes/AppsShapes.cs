using k8s.Models;

namespace Coxswain.Api;

/// <summary>Shapes of the workload kinds.</summary>
internal static class AppsShapes
{
    private const string Condition = "status!=v1.ConditionStatus lastTransitionTime~ ";

    public static void AddTo(Dictionary<Type, string> shapes)
    {
        shapes[typeof(V1DeploymentSpec)] = "selector! template{} strategy{} minReadySeconds0 paused0";
        shapes[typeof(V1DeploymentStrategy)] = "type=v1.DeploymentStrategyType";
        shapes[typeof(V1DeploymentStatus)] = "observedGeneration0 replicas0 updatedReplicas0 readyReplicas0 availableReplicas0 unavailableReplicas0";
        shapes[typeof(V1DeploymentCondition)] = Condition + "type!=v1.DeploymentConditionType lastUpdateTime~";
        shapes[typeof(V1ReplicaSetSpec)] = "selector! template{} minReadySeconds0";
        shapes[typeof(V1ReplicaSetStatus)] = "fullyLabeledReplicas0 readyReplicas0 availableReplicas0 observedGeneration0";
        shapes[typeof(V1ReplicaSetCondition)] = Condition + "type!=v1.ReplicaSetConditionType";
        shapes[typeof(V1DaemonSetSpec)] = "selector! template{} updateStrategy{} minReadySeconds0";
        shapes[typeof(V1DaemonSetUpdateStrategy)] = "type=v1.DaemonSetUpdateStrategyType";
        shapes[typeof(V1DaemonSetStatus)] = "observedGeneration0 updatedNumberScheduled0 numberAvailable0 numberUnavailable0";
        shapes[typeof(V1DaemonSetCondition)] = Condition + "type!=v1.DaemonSetConditionType";
        shapes[typeof(V1ReplicationControllerSpec)] = "minReadySeconds0";
        shapes[typeof(V1ReplicationControllerStatus)] = "fullyLabeledReplicas0 readyReplicas0 availableReplicas0 observedGeneration0";
        shapes[typeof(V1ReplicationControllerCondition)] = Condition + "type!=v1.ReplicationControllerConditionType";
    }
}
