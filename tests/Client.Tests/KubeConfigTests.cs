namespace Coxswain.Client.Tests;

public sealed class KubeConfigTests
{
    private const string Good = """
        apiVersion: v1
        kind: Config
        current-context: b
        contexts:
        - {name: a, context: {cluster: ca, user: ua}}
        - {name: b, context: {cluster: cb, user: ub, namespace: work}}
        clusters:
        - {name: ca, cluster: {server: "https://a:1"}}
        - {name: cb, cluster: {server: "https://b:2", certificate-authority-data: Q0E=}}
        users:
        - {name: ua, user: {}}
        - {name: ub, user: {token: secret}}
        """;

    [Fact]
    public void Parse_CurrentContext_PicksItsClusterAndUser()
    {
        var config = KubeConfig.Parse(Good, "/");

        Assert.Equal((new Uri("https://b:2"), "CA", "secret", "work"), (config.Server, config.AuthorityPem, config.Token, config.Namespace));
    }

    [Theory]
    [InlineData("", "no current-context")]
    [InlineData("current-context: x", "no entry \"x\" under contexts")]
    public void Parse_Incomplete_SaysWhatIsMissing(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => KubeConfig.Parse(text, "/")).Message);
}
