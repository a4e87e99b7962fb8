namespace Coxswain.ApiServer.Admission;

/// <summary>One rule that looks at writes between decoding and commit. Refuses by throwing a <see cref="Coxswain.Api.StatusException"/>.</summary>
internal interface IAdmissionStep
{
    /// <summary>Runs before the kind's own preparation; may change <see cref="AdmissionRequest.Object"/>.</summary>
    void Mutate(AdmissionRequest request) { }

    /// <summary>Runs on the complete object, after the kind's own validation.</summary>
    void Validate(AdmissionRequest request) { }
}
