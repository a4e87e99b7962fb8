using Coxswain.Api;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>What <c>dryRun</c> may say, in a query as in the options of a deletion.</summary>
internal static class DryRunRules
{
    public static void Check(IEnumerable<string> values, FieldErrors errors)
    {
        if (values.All(v => v == "All")) return;
        errors.NotSupported(FieldPath.Root("dryRun"), GoJson.Strings(values), "All");
    }
}
