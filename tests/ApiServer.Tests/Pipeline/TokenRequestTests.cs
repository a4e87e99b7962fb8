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

    public ValueTask<V1TokenRequestStatus> IssueAsync(V1ServiceAccount account, Authenticationv1TokenRequest request, BoundObject? bound, CancellationToken ct)
    {
        _bound = bound;
        return ValueTask.FromResult(new V1TokenRequestStatus { Token = $"for {account.Metadata.Name}, {request.Spec.ExpirationSeconds} s", ExpirationTimestamp = DateTime.UnixEpoch });
    }

    private Task<Authenticationv1TokenRequest> Request(string account, V1TokenRequestSpec spec) =>
        _client.CreateTokenAsync("ns", account, new Authenticationv1TokenRequest { Spec = spec }, Ct);

    [Fact]
    public async Task Token_BoundToAPod_KnowsPodAndNode()
    {
        var made = await Request("default", new V1TokenRequestSpec { BoundObjectRef = new V1BoundObjectReference { Kind = "Pod", ApiVersion = "v1", Name = "p" } });

        Assert.Equal("for default, 3600 s", made.Status.Token);
        Assert.Equal(("Pod", "p", "n1"), (_bound!.Kind, _bound.Name, _bound.NodeName));
    }

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
