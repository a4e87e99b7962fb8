using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Tests.Pipeline;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Resources.Authorization;

public sealed class AccessReviewTests : IAsyncDisposable
{
    private static readonly UserInfo Bob = new("bob", [UserInfo.Authenticated]);
    private readonly CoreFixture _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<JsonNode> AskAsync(ResourceType type, string json, UserInfo? by = null, string ns = "")
    {
        var answer = await _server[type].CreateAsync(new RequestContext { User = by ?? Admin, Namespace = ns }, Body(json));
        Assert.Equal(201, answer.Code);
        return Node(answer.Json);
    }

    [Fact]
    public async Task SelfSubjectAccessReview_AnswersForTheCaller()
    {
        const string question = """{"spec":{"resourceAttributes":{"verb":"list","resource":"pods","namespace":"ns"}}}""";

        Assert.Equal(
            """{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","metadata":{},"spec":{"resourceAttributes":{"namespace":"ns","verb":"list","resource":"pods"}},"status":{"allowed":true}}""",
            (await AskAsync(Kinds.SelfSubjectAccessReviews, question)).ToJsonString());
        Assert.Equal("""{"allowed":false}""", (await AskAsync(Kinds.SelfSubjectAccessReviews, question, Bob))["status"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"user":"x","groups":["system:masters"],"resourceAttributes":{"verb":"*","resource":"*","group":"*"}}""", true)]
    [InlineData("""{"user":"x","resourceAttributes":{"verb":"get","resource":"pods"}}""", false)]
    [InlineData("""{"user":"x","groups":["system:authenticated"],"nonResourceAttributes":{"path":"/apis/apps","verb":"get"}}""", true)]
    [InlineData("""{"user":"x","groups":["system:authenticated"],"nonResourceAttributes":{"path":"/metrics","verb":"get"}}""", false)]
    [InlineData("""{"user":"system:serviceaccount:kube-system:deployment-controller","resourceAttributes":{"verb":"create","resource":"replicasets","group":"apps"}}""", true)]
    [InlineData("""{"user":"system:serviceaccount:ns:deployment-controller","resourceAttributes":{"verb":"create","resource":"replicasets","group":"apps"}}""", false)]
    public async Task SubjectAccessReview_AnswersForTheUserInIt(string spec, bool allowed) =>
        Assert.Equal(allowed, (bool)(await AskAsync(Kinds.SubjectAccessReviews, $$"""{"spec":{{spec}}}"""))["status"]!["allowed"]!);

    [Fact]
    public async Task SubjectAccessReview_OfANode_TellsTheReason()
    {
        var answer = await AskAsync(Kinds.SubjectAccessReviews, """
            {"spec":{"user":"system:node:n1","groups":["system:nodes","system:authenticated"],"resourceAttributes":{"verb":"get","resource":"secrets","namespace":"ns","name":"s"}}}
            """);

        Assert.Equal("""{"allowed":false,"reason":"no relationship found between node 'n1' and this object"}""", answer["status"]!.ToJsonString(Plain));
    }

    [Theory]
    [InlineData("""{"rawSelector":"spec.nodeName=n1"}""", true)]
    [InlineData("""{"requirements":[{"key":"spec.nodeName","operator":"In","values":["n1"]}]}""", true)]
    [InlineData("""{"requirements":[{"key":"spec.nodeName","operator":"NotIn","values":["n1"]}]}""", false)]
    [InlineData("""{"requirements":[{"key":"spec.nodeName","operator":"In","values":["n1","n2"]}]}""", false)]
    [InlineData("""{"rawSelector":"spec.nodeName=n2"}""", false)]
    public async Task SubjectAccessReview_OfANodesPods_GoesByTheFieldSelector(string selector, bool allowed)
    {
        var answer = await AskAsync(Kinds.SubjectAccessReviews, $$"""
            {"spec":{"user":"system:node:n1","groups":["system:nodes"],"resourceAttributes":{"verb":"list","resource":"pods","fieldSelector":{{selector}} } } }
            """);

        Assert.Equal(allowed, (bool)answer["status"]!["allowed"]!);
    }

    [Theory]
    [InlineData("""{"spec":{"user":"x"}}""", "spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified")]
    [InlineData("""{"spec":{"resourceAttributes":{}}}""", "spec.user: Invalid value: \"\": at least one of user or group must be specified")]
    [InlineData("""{"spec":{"user":"x","resourceAttributes":{},"nonResourceAttributes":{"path":"/x","verb":"get"}}}""",
        """spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":"get"}: cannot be specified in combination with resourceAttributes""")]
    [InlineData("""{"metadata":{"name":"n"},"spec":{"user":"x","resourceAttributes":{}}}""", """metadata: Invalid value: {"name":"n"}: must be empty""")]
    [InlineData("""{"spec":{"user":"x","resourceAttributes":{"fieldSelector":{}}}}""",
        "spec.resourceAttributes.fieldSelector.requirements: Required value: when spec.resourceAttributes.fieldSelector is specified, requirements or rawSelector is required")]
    [InlineData("""{"spec":{"user":"x","resourceAttributes":{"labelSelector":{"rawSelector":"a=b","requirements":[{"key":"a","operator":"In"}]}}}}""",
        "[spec.resourceAttributes.labelSelector.rawSelector: Invalid value: \"a=b\": may not specified at the same time as requirements, "
        + "spec.resourceAttributes.labelSelector.requirements[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn']")]
    public async Task SubjectAccessReview_ThatMakesNoSense_IsInvalid(string json, string why) =>
        await FailsAsync(422, "Invalid", $".authorization.k8s.io \"\" is invalid: {why}", () => AskAsync(Kinds.SubjectAccessReviews, json));

    [Theory]
    [InlineData("""{"spec":{"user":"x","resourceAttributes":{"namespace":"other"}}}""", "spec.resourceAttributes.namespace: Invalid value: \"other\": must match metadata.namespace")]
    [InlineData("""{"spec":{"user":"x","nonResourceAttributes":{"path":"/x","verb":"get"}}}""", """spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":"get"}: disallowed on this kind of request""")]
    [InlineData("""{"metadata":{"name":"n"},"spec":{"user":"x","resourceAttributes":{"namespace":"ns"}}}""", """metadata: Invalid value: {"name":"n","namespace":"ns"}: must be empty except for namespace""")]
    public async Task LocalSubjectAccessReview_IsAboutItsNamespace(string json, string why) =>
        await FailsAsync(422, "Invalid", $".authorization.k8s.io \"\" is invalid: {why}", () => AskAsync(Kinds.LocalSubjectAccessReviews, json, ns: "ns"));

    [Fact]
    public async Task LocalSubjectAccessReview_InANamespaceThatIsNotThere_IsAnswered()
    {
        var answer = await AskAsync(Kinds.LocalSubjectAccessReviews, """{"spec":{"groups":["system:masters"],"resourceAttributes":{"namespace":"ghost","verb":"get","resource":"pods"}}}""", ns: "ghost");

        Assert.True((bool)answer["status"]!["allowed"]!);
    }

    [Fact]
    public async Task SelfSubjectRulesReview_ShowsWhatTheCallerMay()
    {
        var master = await AskAsync(Kinds.SelfSubjectRulesReviews, """{"spec":{"namespace":"ns"}}""");
        var bob = await AskAsync(Kinds.SelfSubjectRulesReviews, """{"spec":{"namespace":"ns"}}""", Bob);
        var node = await AskAsync(Kinds.SelfSubjectRulesReviews, """{"spec":{"namespace":"ns"}}""", new UserInfo("system:node:n1", [UserInfo.Nodes, UserInfo.Authenticated]));

        Assert.Equal("""{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}""", Sorted(master["status"]!["resourceRules"]![0]!));
        Assert.Equal("{}", master["spec"]!.ToJsonString());
        Assert.DoesNotContain("\"*\"", bob["status"]!["resourceRules"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("selfsubjectreviews", bob["status"]!["resourceRules"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal((true, "node authorizer does not support user rule resolution"), ((bool)node["status"]!["incomplete"]!, (string)node["status"]!["evaluationError"]!));
    }

    [Fact]
    public async Task SelfSubjectRulesReview_WithoutANamespace_IsABadRequest() =>
        await FailsAsync(400, "BadRequest", "no namespace on request", () => AskAsync(Kinds.SelfSubjectRulesReviews, """{"spec":{}}"""));

    private static readonly System.Text.Json.JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Sorted(JsonNode rule) => $$"""{"verbs":{{rule["verbs"]!.ToJsonString()}},"apiGroups":{{rule["apiGroups"]!.ToJsonString()}},"resources":{{rule["resources"]!.ToJsonString()}}}""";
}
