using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Selectors of nodes by labels and fields.</summary>
internal static class NodeSelectorValidation
{
    public static void Validate(V1NodeSelector selector, FieldPath path, FieldErrors errors)
    {
        var terms = path.Child("nodeSelectorTerms");
        if (selector.NodeSelectorTerms is not { Count: > 0 }) errors.Required(terms, "must have at least one node selector term");
        for (var i = 0; i < (selector.NodeSelectorTerms?.Count ?? 0); i++) Term(selector.NodeSelectorTerms![i], checkValues: true, terms.Index(i), errors);
    }

    /// <param name="checkValues">Preferences were never checked for values that no label can have.</param>
    public static void Term(V1NodeSelectorTerm term, bool checkValues, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < (term.MatchExpressions?.Count ?? 0); i++) Expression(term.MatchExpressions![i], checkValues, path.Child("matchExpressions").Index(i), errors);
        for (var i = 0; i < (term.MatchFields?.Count ?? 0); i++) Field(term.MatchFields![i], path.Child("matchFields").Index(i), errors);
    }

    private static void Expression(V1NodeSelectorRequirement requirement, bool checkValues, FieldPath path, FieldErrors errors)
    {
        var values = requirement.Values ?? [];
        if (!LabelRules.Operator(requirement.OperatorProperty, values.Count, path, errors))
        {
            if (requirement.OperatorProperty is not ("Gt" or "Lt")) errors.Invalid(path.Child("operator"), requirement.OperatorProperty ?? "", "not a valid selector operator");
            else if (values.Count != 1) errors.Required(path.Child("values"), "must be specified single value when `operator` is 'Lt' or 'Gt'");
        }
        LabelRules.LabelName(requirement.Key ?? "", path.Child("key"), errors);
        for (var i = 0; checkValues && i < values.Count; i++) errors.InvalidAll(path.Child("values").Index(i), values[i], NameRules.LabelValue(values[i]));
    }

    private static void Field(V1NodeSelectorRequirement requirement, FieldPath path, FieldErrors errors)
    {
        var values = requirement.Values ?? [];
        if (requirement.OperatorProperty is not ("In" or "NotIn")) errors.Invalid(path.Child("operator"), requirement.OperatorProperty ?? "", "not a valid selector operator");
        else if (values.Count != 1) errors.Required(path.Child("values"), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
        if (requirement.Key != "metadata.name") errors.Invalid(path.Child("key"), requirement.Key ?? "", "not a valid field selector key");
        else for (var i = 0; i < values.Count; i++) errors.InvalidAll(path.Child("values").Index(i), values[i], NameRules.Dns1123Subdomain(values[i]));
    }
}
