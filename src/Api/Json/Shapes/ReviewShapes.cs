using k8s.Models;

namespace Coxswain.Api;

/// <summary>Shapes of the reviews of authentication.k8s.io and authorization.k8s.io.</summary>
internal static class ReviewShapes
{
    public static void AddTo(Dictionary<Type, string> shapes)
    {
        shapes[typeof(V1SelfSubjectReviewStatus)] = "userInfo{}=v1.UserInfo";
        shapes[typeof(V1UserInfo)] = "extra=map[string]v1.ExtraValue";
        shapes[typeof(V1TokenReviewStatus)] = "authenticated0 user{}=v1.UserInfo";
        shapes[typeof(V1SubjectAccessReviewSpec)] = "extra=map[string]v1.ExtraValue";
        shapes[typeof(V1SubjectAccessReviewStatus)] = "allowed! denied0";
        shapes[typeof(V1FieldSelectorRequirement)] = "key! operator!=v1.FieldSelectorOperator";
        shapes[typeof(V1SubjectRulesReviewStatus)] = "resourceRules! nonResourceRules! incomplete!";
        shapes[typeof(V1ResourceRule)] = "verbs!";
        shapes[typeof(V1NonResourceRule)] = "verbs!";
    }
}
