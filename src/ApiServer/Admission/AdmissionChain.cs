namespace Coxswain.ApiServer.Admission;

/// <summary>All steps, in upstream's order.</summary>
internal sealed class AdmissionChain(IReadOnlyList<IAdmissionStep> steps)
{
    public void Mutate(AdmissionRequest request)
    {
        foreach (var step in steps) step.Mutate(request);
    }

    public void Validate(AdmissionRequest request)
    {
        foreach (var step in steps) step.Validate(request);
    }
}
