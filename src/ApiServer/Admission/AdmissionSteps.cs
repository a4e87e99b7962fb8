namespace Coxswain.ApiServer.Admission;

internal static class AdmissionSteps
{
    /// <summary>In upstream's order: later steps rely on what earlier ones filled in.</summary>
    /// <remarks>Upstream's last, ResourceQuota, holds what it charges until the commit is known, and so stands in the verbs: see <see cref="Quotas.QuotaLedger"/>.</remarks>
    public static IReadOnlyList<IAdmissionStep> All { get; } =
    [
        new NamespaceLifecycle(),
        new ServiceAccount(),
        new NodeRestriction(),
        new TaintNodesByCondition(),
        new Priority(),
        new DefaultTolerationSeconds(),
        new RuntimeClass(),
    ];
}
