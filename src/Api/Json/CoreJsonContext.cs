using System.Text.Json.Serialization;
using k8s.Models;

namespace Coxswain.Api;

[JsonSerializable(typeof(V1Namespace))]
[JsonSerializable(typeof(V1NamespaceList))]
[JsonSerializable(typeof(V1Node))]
[JsonSerializable(typeof(V1NodeList))]
[JsonSerializable(typeof(V1Pod))]
[JsonSerializable(typeof(V1PodList))]
[JsonSerializable(typeof(V1ConfigMap))]
[JsonSerializable(typeof(V1ConfigMapList))]
[JsonSerializable(typeof(V1Secret))]
[JsonSerializable(typeof(V1SecretList))]
[JsonSerializable(typeof(V1ServiceAccount))]
[JsonSerializable(typeof(V1ServiceAccountList))]
[JsonSerializable(typeof(Corev1Event))]
[JsonSerializable(typeof(Corev1EventList))]
[JsonSerializable(typeof(V1Service))]
[JsonSerializable(typeof(V1ServiceList))]
[JsonSerializable(typeof(V1Endpoints))]
[JsonSerializable(typeof(V1EndpointsList))]
[JsonSerializable(typeof(V1ReplicationController))]
[JsonSerializable(typeof(V1ReplicationControllerList))]
[JsonSerializable(typeof(V1ResourceQuota))]
[JsonSerializable(typeof(V1ResourceQuotaList))]
[JsonSerializable(typeof(V1Binding))]
[JsonSerializable(typeof(V1Scale))]
[JsonSerializable(typeof(Authenticationv1TokenRequest))]
[JsonSerializable(typeof(V1PodTemplateSpec))]
internal sealed partial class CoreJsonContext : JsonSerializerContext;
