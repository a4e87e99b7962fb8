using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

internal static class TolerationValidation
{
    public static void Validate(IList<V1Toleration>? tolerations, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < (tolerations?.Count ?? 0); i++) One(tolerations![i], path.Index(i), errors);
    }

    private static void One(V1Toleration toleration, FieldPath path, FieldErrors errors)
    {
        var (key, @operator, effect) = (toleration.Key ?? "", toleration.OperatorProperty ?? "", toleration.Effect ?? "");
        if (key.Length > 0) LabelRules.LabelName(key, path.Child("key"), errors);
        else if (@operator != "Exists") errors.Invalid(path.Child("operator"), @operator, "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
        if (toleration.TolerationSeconds is not null && effect != "NoExecute") errors.Invalid(path.Child("effect"), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
        switch (@operator)
        {
            case "" or "Equal":
                var faults = NameRules.LabelValue(toleration.Value ?? "");
                if (faults.Count > 0) errors.Invalid(path.Child("operator"), toleration.Value, string.Join(';', faults));
                break;
            case "Exists":
                if (!string.IsNullOrEmpty(toleration.Value)) errors.Invalid(path.Child("operator"), Text(toleration), "value must be empty when `operator` is 'Exists'");
                break;
            default:
                errors.NotSupported(path.Child("operator"), @operator, "Equal", "Exists");
                break;
        }
        if (effect.Length > 0 && effect is not ("NoSchedule" or "PreferNoSchedule" or "NoExecute"))
        {
            errors.NotSupported(path.Child("effect"), effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
        }
    }

    private static GoJson Text(V1Toleration t) => GoJson.Fields(
        ("Key", GoJson.Text(t.Key ?? "")), ("Operator", GoJson.Text(t.OperatorProperty ?? "")), ("Value", GoJson.Text(t.Value ?? "")), ("Effect", GoJson.Text(t.Effect ?? "")),
        ("TolerationSeconds", GoJson.Number(t.TolerationSeconds)));
}
