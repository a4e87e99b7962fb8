using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;

namespace Coxswain.Api;

[JsonSerializable(typeof(V1Deployment))]
[JsonSerializable(typeof(V1DeploymentList))]
[JsonSerializable(typeof(V1ReplicaSet))]
[JsonSerializable(typeof(V1ReplicaSetList))]
[JsonSerializable(typeof(V1DaemonSet))]
[JsonSerializable(typeof(V1DaemonSetList))]
[JsonSerializable(typeof(V1ControllerRevision))]
[JsonSerializable(typeof(V1ControllerRevisionList))]
[JsonSerializable(typeof(JsonElement))] // what a ControllerRevision holds
internal sealed partial class AppsJsonContext : JsonSerializerContext;
