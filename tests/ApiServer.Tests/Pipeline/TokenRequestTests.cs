using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using Coxswain.Store;
using k8s.Models;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class TokenRequestTests : IAsyncLifetime, ITokenIssuer
{
    private readonly MemoryStore _store = new();
    private readonly InProcessClient _client;
    private BoundObject? _bound;

    public TokenRequestTests() =>
        _client = new InProcessClient(new ApiServerCore(_store, new FixedClock(), ResourceCatalog.All, new PipelineOptions { TokenIssuer = this }), Admin);

    public async ValueTask InitializeAsync()
    {
        await _client.CreateAsync(Kinds.Namespaces, Kinds.Namespaces.New(null, "ns"), Ct);
        await _client.CreateAsync(Kinds.ServiceAccounts, Kinds.ServiceAccounts.New("ns", "default"), Ct);
        await _client.CreateAsync(Kinds.ServiceAccounts, Kinds.ServiceAccounts.New("ns", "robot"), Ct);
        var pod = Kinds.Pods.New("ns", "p");
        pod.Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "i" }], NodeName = "n1" };
        await _client.CreateAsync(Kinds.Pods, pod, Ct);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    public string Audience => "https://us";

    public ValueTask<V1TokenRequestStatus> IssueAsync(V1ServiceAccount account, Authenticationv1TokenRequest request, BoundObject? bound, CancellationToken ct)
    {
        _bound = bound;
        return ValueTask.FromResult(new V1TokenRequestStatus { Token = $"for {account.Metadata.Name}, {request.Spec.ExpirationSeconds} s", ExpirationTimestamp = DateTime.UnixEpoch });
    }

    private Task<Authenticationv1TokenRequest> Request(string account, V1TokenRequestSpec spec, V1ObjectMeta? metadata = null) =>
        _client.CreateTokenAsync("ns", account, new Authenticationv1TokenRequest { Metadata = metadata, Spec = spec }, Ct);

    [Fact]
    public async Task Token_BoundToAPod_KnowsPodAndNode()
    {
        var made = await Request("default", new V1TokenRequestSpec { BoundObjectRef = new V1BoundObjectReference { Kind = "Pod", ApiVersion = "v1", Name = "p" } });

        Assert.Equal("for default, 3600 s", made.Status.Token);
        Assert.Equal(("Pod", "p", "n1"), (_bound!.Kind, _bound.Name, _bound.NodeName));
    }

    [Fact]
    public async Task Token_OfNothingButItsAccount_SaysWhomItIsForAndOf()
    {
        var uid = (await _client.GetAsync(Kinds.ServiceAccounts, "ns", "robot", Ct)).Metadata.Uid;
        var made = await Request("robot", new V1TokenRequestSpec());

        Assert.Equal(["https://us"], made.Spec.Audiences);
        Assert.Equal(("robot", "ns", uid), (made.Metadata.Name, made.Metadata.NamespaceProperty, made.Metadata.Uid));
    }

    [Fact]
    public async Task Token_ForAnotherAccountThanThePathNames_IsRefused()
    {
        await FailsAsync(422, "Invalid", "TokenRequest.authentication.k8s.io \"robot\" is invalid: metadata.name: Invalid value: \"other\": must match the service account name if specified",
            () => Request("robot", new V1TokenRequestSpec(), new V1ObjectMeta { Name = "other" }));
        await FailsAsync(400, "BadRequest", "the namespace of the provided object does not match the namespace sent on the request",
            () => Request("robot", new V1TokenRequestSpec(), new V1ObjectMeta { NamespaceProperty = "other" }));
        var uid = (await _client.GetAsync(Kinds.ServiceAccounts, "ns", "robot", Ct)).Metadata.Uid;
        await FailsAsync(409, "Conflict", $"Operation cannot be fulfilled on TokenRequest.authentication.k8s.io \"robot\": the UID in the token request (u) does not match the UID of the service account ({uid})",
            () => Request("robot", new V1TokenRequestSpec(), new V1ObjectMeta { Uid = "u" }));
    }

    [Theory]
    [InlineData("v1", "ConfigMap", 400, "cannot bind token to object of type /v1, Kind=ConfigMap")]
    [InlineData("apps/v1", "Pod", 400, "cannot bind token to object of type apps/v1, Kind=Pod")]
    [InlineData("v1", "Pod", 409, "Operation cannot be fulfilled on Pod \"p\": the UID in the bound object reference (u) does not match the UID in record. The object might have been deleted and then recreated")]
    public async Task Token_BoundToWhatItCannotBe_IsRefused(string version, string kind, int code, string message) =>
        await FailsAsync(code, code == 409 ? "Conflict" : "BadRequest", message,
            () => Request("default", new V1TokenRequestSpec { BoundObjectRef = new V1BoundObjectReference { Kind = kind, ApiVersion = version, Name = "p", Uid = "u" } }));

    [Fact]
    public async Task Token_OfAMissingAccount_IsNotFound() =>
        await FailsAsync(404, "NotFound", "serviceaccounts \"ghost\" not found", () => Request("ghost", new V1TokenRequestSpec()));

    [Fact]
    public async Task Token_TooShort_IsInvalid() => await FailsAsync(422, "Invalid",
        "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes",
        () => Request("default", new V1TokenRequestSpec { ExpirationSeconds = 10 }));

    [Fact]
    public async Task Token_BoundToAnotherAccountsPod_IsRefused() => await FailsAsync(400, "BadRequest",
        "cannot bind token for serviceaccount \"robot\" to pod running with different serviceaccount name.",
        () => Request("robot", new V1TokenRequestSpec { BoundObjectRef = new V1BoundObjectReference { Kind = "Pod", ApiVersion = "v1", Name = "p" } }));
}
