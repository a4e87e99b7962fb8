namespace Coxswain.ApiServer.Admission;

internal static class AdmissionSteps
{
    /// <summary>In upstream's order: later steps rely on what earlier ones filled in.</summary>
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
