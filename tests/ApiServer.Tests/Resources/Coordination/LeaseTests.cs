using Coxswain.ApiServer.Resources.Coordination;

namespace Coxswain.ApiServer.Tests.Resources.Coordination;

public sealed class LeaseTests
{
    private static readonly Lease Kind = new();

    [Theory]
    [InlineData("""{"leaseDurationSeconds":0}""", "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0")]
    [InlineData("""{"leaseTransitions":-1}""", "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("""{"preferredHolder":"x"}""", "spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined")]
    [InlineData("""{"strategy":"Mine"}""", "spec.strategy.strategy: Unsupported value: \"Mine\": supported values: \"OldestEmulationVersion\"")]
    [InlineData("""{"strategy":"example.org/mine","preferredHolder":"x","leaseDurationSeconds":1}""", "")]
    public void Validate_Spec_IsChecked(string spec, string faults) => Assert.Equal(faults, string.Join(';', Written.Faults(Kind, $$"""{"metadata":{"name":"l"},"spec":{{spec}}}""")));

    [Fact]
    public void Row_ShowsTheHolder() => Assert.Equal("l | me | <unknown>", Written.Row(Kind, """{"metadata":{"name":"l"},"spec":{"holderIdentity":"me"}}"""));

    [Fact]
    public void Update_NeedsTheVersionThatWasRead() => Assert.False(Kind.AllowUnconditionalUpdate);
}
