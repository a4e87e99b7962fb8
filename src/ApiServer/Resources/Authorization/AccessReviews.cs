using System.Text.Json;
using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Authorization;

/// <summary>What the access reviews have in common: what a question must look like, and how the authorizer is asked.</summary>
internal static class AccessReviews
{
    private static readonly FieldPath Spec = FieldPath.Root("spec");

    public static V1SubjectAccessReviewStatus Ask(ApiServerCore core, UserInfo user, V1ResourceAttributes? resource, V1NonResourceAttributes? path)
    {
        var request = resource is null
            ? AccessRequest.ForPath(path!.Verb ?? "", path.Path ?? "")
            : new AccessRequest(resource.Verb ?? "", resource.Group ?? "", resource.Resource ?? "", resource.Subresource ?? "", resource.NamespaceProperty ?? "", resource.Name ?? "")
            {
                FieldSelector = SelectorOf(resource.FieldSelector),
            };
        var allowed = core.Authorizer.IsAllowed(user, request, out var reason);
        return new V1SubjectAccessReviewStatus { Allowed = allowed, Reason = reason };
    }

    /// <summary>Requirements that a field selector cannot express are left out: the question is then about more objects.</summary>
    private static string? SelectorOf(V1FieldSelectorAttributes? fields)
    {
        if (fields?.Requirements is not { Count: > 0 } requirements) return fields?.RawSelector;
        var single = requirements.Where(r => r is { OperatorProperty: "In", Values.Count: 1 });
        return string.Join(',', single.Select(r => $"{r.Key}={Escaped(r.Values[0] ?? "")}"));
    }

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace(",", "\\,", StringComparison.Ordinal)
            .Replace("=", "\\=", StringComparison.Ordinal);

    public static UserInfo UserOf(V1SubjectAccessReviewSpec spec) => new(spec.User ?? "", [.. spec.Groups ?? []], spec.Uid ?? "")
    {
        Extra = spec.Extra?.ToDictionary(e => e.Key, e => (IReadOnlyList<string>)[.. e.Value]) ?? [],
    };

    public static void OneQuestion(V1ResourceAttributes? resource, V1NonResourceAttributes? path, FieldErrors errors)
    {
        if (resource is not null && path is not null) errors.Invalid(Spec.Child("nonResourceAttributes"), Shown(path), "cannot be specified in combination with resourceAttributes");
        if (resource is null && path is null) errors.Invalid(Spec.Child("resourceAttributes"), GoJson.Null, "exactly one of nonResourceAttributes or resourceAttributes must be specified");
    }

    public static void SomeUser(V1SubjectAccessReviewSpec spec, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(spec.User) && spec.Groups is not { Count: > 0 }) errors.Invalid(Spec.Child("user"), "", "at least one of user or group must be specified");
    }

    /// <summary>A question has no metadata but the namespace of its path, which the server fills.</summary>
    public static void NoMetadata(V1ObjectMeta metadata, string text, FieldErrors errors)
    {
        var rest = KubeJson.Deserialize<V1ObjectMeta>(KubeJson.Serialize(metadata))!;
        (rest.NamespaceProperty, rest.ManagedFields) = (null, null);
        if (!Semantic.Equal(rest, new V1ObjectMeta())) errors.Invalid(FieldPath.Root("metadata"), JsonSerializer.SerializeToElement(metadata, KubeJson.TypeInfo<V1ObjectMeta>()), text);
    }

    /// <summary>Selectors narrow a question about a list; operators that this server does not know are let through.</summary>
    public static void Selectors(V1ResourceAttributes? resource, FieldErrors errors)
    {
        var path = FieldPath.Root("spec.resourceAttributes");
        if (resource?.FieldSelector is { } fields)
        {
            var place = path.Child("fieldSelector");
            OneForm(fields.RawSelector, fields.Requirements?.Count ?? 0, place, errors);
            for (var i = 0; i < (fields.Requirements?.Count ?? 0); i++)
            {
                var (requirement, at) = (fields.Requirements![i], place.Child("requirements").Index(i));
                if (string.IsNullOrEmpty(requirement.Key)) errors.Required(at.Child("key"), "must be specified");
                LabelRules.Operator(requirement.OperatorProperty, requirement.Values?.Count ?? 0, at, errors);
            }
        }
        if (resource?.LabelSelector is { } labels)
        {
            var place = path.Child("labelSelector");
            OneForm(labels.RawSelector, labels.Requirements?.Count ?? 0, place, errors);
            for (var i = 0; i < (labels.Requirements?.Count ?? 0); i++)
            {
                var (requirement, at) = (labels.Requirements![i], place.Child("requirements").Index(i));
                LabelRules.Operator(requirement.OperatorProperty, requirement.Values?.Count ?? 0, at, errors);
                LabelRules.LabelName(requirement.Key ?? "", at.Child("key"), errors);
                for (var v = 0; v < (requirement.Values?.Count ?? 0); v++) errors.InvalidAll(at.Child("values").Index(v), requirement.Values![v], NameRules.LabelValue(requirement.Values[v] ?? ""));
            }
        }
    }

    /// <summary>As messages show it: upstream's internal type has no JSON names.</summary>
    public static GoJson Shown(V1NonResourceAttributes path) => GoJson.Fields(("Path", GoJson.Text(path.Path ?? "")), ("Verb", GoJson.Text(path.Verb ?? "")));

    private static void OneForm(string? raw, int requirements, FieldPath path, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(raw) && requirements > 0) errors.Invalid(path.Child("rawSelector"), raw, "may not specified at the same time as requirements");
        if (string.IsNullOrEmpty(raw) && requirements == 0) errors.Required(path.Child("requirements"), $"when {path} is specified, requirements or rawSelector is required");
    }
}
