using k8s.Models;

namespace Coxswain.Api;

/// <summary>Kinds that are asked and answered, never stored: only <c>create</c> is served.</summary>
public static partial class Kinds
{
    public static ResourceType<V1Binding> Bindings { get; } = new() { Group = "", Version = "v1", Resource = "bindings", Kind = "Binding", Namespaced = true };
    public static ResourceType<V1SelfSubjectReview> SelfSubjectReviews { get; } = new() { Group = "authentication.k8s.io", Version = "v1", Resource = "selfsubjectreviews", Kind = "SelfSubjectReview", Namespaced = false };
    public static ResourceType<V1TokenReview> TokenReviews { get; } = new() { Group = "authentication.k8s.io", Version = "v1", Resource = "tokenreviews", Kind = "TokenReview", Namespaced = false };
    public static ResourceType<V1LocalSubjectAccessReview> LocalSubjectAccessReviews { get; } = new() { Group = "authorization.k8s.io", Version = "v1", Resource = "localsubjectaccessreviews", Kind = "LocalSubjectAccessReview", Namespaced = true };
    public static ResourceType<V1SelfSubjectAccessReview> SelfSubjectAccessReviews { get; } = new() { Group = "authorization.k8s.io", Version = "v1", Resource = "selfsubjectaccessreviews", Kind = "SelfSubjectAccessReview", Namespaced = false };
    public static ResourceType<V1SelfSubjectRulesReview> SelfSubjectRulesReviews { get; } = new() { Group = "authorization.k8s.io", Version = "v1", Resource = "selfsubjectrulesreviews", Kind = "SelfSubjectRulesReview", Namespaced = false };
    public static ResourceType<V1SubjectAccessReview> SubjectAccessReviews { get; } = new() { Group = "authorization.k8s.io", Version = "v1", Resource = "subjectaccessreviews", Kind = "SubjectAccessReview", Namespaced = false };
}
