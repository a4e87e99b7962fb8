using System.Text.Json.Serialization;
using k8s.Models;

namespace Coxswain.Api;

[JsonSerializable(typeof(V1Status))]
[JsonSerializable(typeof(V1DeleteOptions))]
[JsonSerializable(typeof(V1ObjectMeta))]
[JsonSerializable(typeof(V1LabelSelector))]
[JsonSerializable(typeof(V1APIResourceList))]
[JsonSerializable(typeof(V1APIGroup))]
[JsonSerializable(typeof(V1APIGroupList))]
[JsonSerializable(typeof(V1APIVersions))]
[JsonSerializable(typeof(VersionInfo))]
internal sealed partial class MetaJsonContext : JsonSerializerContext;
