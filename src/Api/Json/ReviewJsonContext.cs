using System.Text.Json.Serialization;
using k8s.Models;

namespace Coxswain.Api;

[JsonSerializable(typeof(V1SelfSubjectReview))]
[JsonSerializable(typeof(V1TokenReview))]
[JsonSerializable(typeof(V1LocalSubjectAccessReview))]
[JsonSerializable(typeof(V1SelfSubjectAccessReview))]
[JsonSerializable(typeof(V1SelfSubjectRulesReview))]
[JsonSerializable(typeof(V1SubjectAccessReview))]
internal sealed partial class ReviewJsonContext : JsonSerializerContext;
