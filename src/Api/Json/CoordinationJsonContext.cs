using System.Text.Json.Serialization;
using k8s.Models;

namespace Coxswain.Api;

[JsonSerializable(typeof(V1Lease))]
[JsonSerializable(typeof(V1LeaseList))]
internal sealed partial class CoordinationJsonContext : JsonSerializerContext;
