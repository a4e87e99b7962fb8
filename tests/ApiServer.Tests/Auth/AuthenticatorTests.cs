using System.Security.Cryptography;
using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using Coxswain.ApiServer.Tests.Pipeline;
using Coxswain.Store;
using k8s.Models;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Auth;

public sealed class AuthenticatorTests : IAsyncLifetime
{
    private readonly MemoryStore _store = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly FixedClock _clock = new();
    private readonly ApiServerCore _core;
    private readonly InProcessClient _client;

    public AuthenticatorTests()
    {
        _core = new ApiServerCore(_store, _clock, ResourceCatalog.All, new PipelineOptions { TokenIssuer = new ServiceAccountTokens(_key, _clock) });
        _client = new InProcessClient(_core, Admin);
    }

    public async ValueTask InitializeAsync()
    {
        await _client.CreateAsync(Kinds.Namespaces, Kinds.Namespaces.New(null, "ns"), Ct);
        await _client.CreateAsync(Kinds.ServiceAccounts, Kinds.ServiceAccounts.New("ns", "default"), Ct);
        var pod = Kinds.Pods.New("ns", "p");
        pod.Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "i" }] };
        await _client.CreateAsync(Kinds.Pods, pod, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        _key.Dispose();
        await _store.DisposeAsync();
    }

    private async Task<string> TokenAsync(V1TokenRequestSpec? spec = null) =>
        (await _client.CreateTokenAsync("ns", "default", new Authenticationv1TokenRequest { Spec = spec ?? new V1TokenRequestSpec() }, Ct)).Status.Token;

    private static V1TokenRequestSpec BoundToThePod() => new() { BoundObjectRef = new V1BoundObjectReference { Kind = "Pod", ApiVersion = "v1", Name = "p" } };

    [Fact]
    public async Task Token_UntilItsTimeIsUp_IsItsAccount()
    {
        var token = await TokenAsync(new V1TokenRequestSpec { ExpirationSeconds = 600 });
        Assert.Equal("system:serviceaccount:ns:default", _core.Authenticator!.FromToken(token)?.Name);
        _clock.Advance(TimeSpan.FromSeconds(659)); // clocks may differ by a minute
        Assert.NotNull(_core.Authenticator.FromToken(token));
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(_core.Authenticator.FromToken(token));
        Assert.Equal("[invalid bearer token, service account token has expired]", _core.Authenticator.Judge(token, null).Fault);
    }

    /// <summary>Whoever holds a token learns of the new time a little later: ten minutes are left to fetch another.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(24)]
    public async Task Token_ClockSet_IsGoodForTenMinutesMore_AndANewOneAtOnce(int hours)
    {
        var token = await TokenAsync(new V1TokenRequestSpec { ExpirationSeconds = 3600, BoundObjectRef = BoundToThePod().BoundObjectRef });
        Assert.NotNull(_core.Authenticator!.FromToken(token));
        _clock.Set(TimeSpan.FromHours(hours));

        Assert.NotNull(_core.Authenticator.FromToken(token));
        var fresh = await TokenAsync();
        Assert.NotNull(_core.Authenticator.FromToken(fresh));
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.NotNull(_core.Authenticator.FromToken(token));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(_core.Authenticator.FromToken(token));
        Assert.NotNull(_core.Authenticator.FromToken(fresh));
    }

    /// <summary>Set to and fro within a moment: what was made in between was not made in vain.</summary>
    [Fact]
    public async Task Token_ClockSetAheadAndBack_AllAreGood()
    {
        var before = await TokenAsync();
        _clock.Set(TimeSpan.FromHours(1));
        Assert.NotNull(_core.Authenticator!.FromToken(before));
        var between = await TokenAsync();
        _clock.Set(-TimeSpan.FromHours(1));

        Assert.NotNull(_core.Authenticator.FromToken(before));
        Assert.NotNull(_core.Authenticator.FromToken(between));
        Assert.NotNull(_core.Authenticator.FromToken(await TokenAsync()));
    }

    [Fact]
    public async Task Token_OfAPod_TellsWhichAndEndsWithIt()
    {
        var token = await TokenAsync(BoundToThePod());
        Assert.Equal("p", _core.Authenticator!.FromToken(token)!.Extra["authentication.kubernetes.io/pod-name"][0]);
        await _client.DeleteAsync(Kinds.Pods, "ns", "p", null, Ct);

        Assert.Null(_core.Authenticator.FromToken(token));
    }

    [Fact]
    public async Task Token_ForOthers_IsNotForUs()
    {
        var token = await TokenAsync(new V1TokenRequestSpec { Audiences = ["vault", "bank"] });

        Assert.Null(_core.Authenticator!.FromToken(token));
        var verdict = _core.Authenticator.Judge(token, ["bank", "post"]);
        Assert.Equal(("system:serviceaccount:ns:default", "bank"), (verdict.User!.Name, Assert.Single(verdict.Audiences)));
    }

    [Fact]
    public async Task Token_OfTheAccountsSuccessor_IsNoGood()
    {
        var token = await TokenAsync();
        await _client.DeleteAsync(Kinds.ServiceAccounts, "ns", "default", null, Ct);
        await _client.CreateAsync(Kinds.ServiceAccounts, Kinds.ServiceAccounts.New("ns", "default"), Ct);

        Assert.Null(_core.Authenticator!.FromToken(token)); // the same name, another uid
    }

    [Fact]
    public async Task Token_SignedByAnother_IsNoGood()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var account = await _client.GetAsync(Kinds.ServiceAccounts, "ns", "default", Ct);
        var forged = await new ServiceAccountTokens(other, _clock).IssueAsync(account, new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { Audiences = [] } }, null, Ct);

        Assert.Null(_core.Authenticator!.FromToken(forged.Token));
    }

    [Fact]
    public async Task Token_FromAClockAhead_IsNotValidYet()
    {
        var token = await TokenAsync();
        _clock.Advance(TimeSpan.FromSeconds(-59));
        Assert.NotNull(_core.Authenticator!.FromToken(token));
        _clock.Advance(TimeSpan.FromSeconds(-2));

        Assert.Null(_core.Authenticator.FromToken(token));
        Assert.Equal("[invalid bearer token, service account token is not valid yet]", _core.Authenticator.Judge(token, null).Fault);
    }

    [Fact]
    public async Task Token_OfAPodsSuccessor_IsNoGood()
    {
        var token = await TokenAsync(BoundToThePod());
        var first = await _client.GetAsync(Kinds.Pods, "ns", "p", Ct);
        await _client.DeleteAsync(Kinds.Pods, "ns", "p", null, Ct);
        Assert.Equal("[invalid bearer token, service account token has been invalidated]", _core.Authenticator!.Judge(token, null).Fault);
        var again = Kinds.Pods.New("ns", "p");
        again.Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "i" }] };
        var second = await _client.CreateAsync(Kinds.Pods, again, Ct);

        Assert.Null(_core.Authenticator.FromToken(token));
        Assert.Equal($"[invalid bearer token, pod UID ({second.Metadata.Uid}) does not match service account pod ref claim ({first.Metadata.Uid})]", _core.Authenticator.Judge(token, null).Fault);
    }

    [Fact]
    public async Task Token_OfANode_EndsWithIt()
    {
        await _client.CreateAsync(Kinds.Nodes, Kinds.Nodes.New(null, "n"), Ct);
        var token = await TokenAsync(new V1TokenRequestSpec { BoundObjectRef = new V1BoundObjectReference { Kind = "Node", ApiVersion = "v1", Name = "n" } });
        Assert.Equal("n", _core.Authenticator!.FromToken(token)!.Extra["authentication.kubernetes.io/node-name"][0]);
        await _client.DeleteAsync(Kinds.Nodes, null, "n", null, Ct);

        Assert.Null(_core.Authenticator.FromToken(token));
        Assert.Equal("[invalid bearer token, service account token has been invalidated]", _core.Authenticator.Judge(token, null).Fault);
    }

    [Fact]
    public async Task Token_OfAnAccountThatIsGone_TellsSo()
    {
        var (token, account) = (await TokenAsync(), await _client.GetAsync(Kinds.ServiceAccounts, "ns", "default", Ct));
        await _client.DeleteAsync(Kinds.ServiceAccounts, "ns", "default", null, Ct);
        Assert.Equal("[invalid bearer token, serviceaccounts \"default\" not found]", _core.Authenticator!.Judge(token, null).Fault);
        var second = await _client.CreateAsync(Kinds.ServiceAccounts, Kinds.ServiceAccounts.New("ns", "default"), Ct);

        Assert.Equal($"[invalid bearer token, service account UID ({second.Metadata.Uid}) does not match claim ({account.Metadata.Uid})]", _core.Authenticator.Judge(token, null).Fault);
    }

    /// <summary>The header is not to be believed, and a token is written in one way only: each spelling would take a place in the cache.</summary>
    [Fact]
    public async Task Token_WrittenOtherwise_IsNoGood()
    {
        var token = await TokenAsync();
        var parts = token.Split('.');
        var signature = Convert.ToBase64String(new byte[64]).TrimEnd('=');
        string[] bad =
        [
            $"{Header("none")}.{parts[1]}.", $"{Header("none")}.{parts[1]}.{parts[2]}", $"{Header("HS256")}.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}.{signature}",
            $"{token}==", $"{token} ", $"{parts[0]}.{parts[1]}.{parts[2][..40]} {parts[2][40..]}", $"{parts[0]}.{parts[1]}.{parts[2]}.", $".{parts[1]}.{parts[2]}", "", ".", "..", "...",
            new string('a', 1_000_000), $"{new string('a', 1_000_000)}.b.{parts[2]}", $"{Encoded(new string('[', 100_000))}.{parts[1]}.{parts[2]}",
        ];

        Assert.NotNull(_core.Authenticator!.FromToken(token));
        Assert.All(bad, spelling => Assert.Null(_core.Authenticator.FromToken(spelling)));
        Assert.All(bad, spelling => Assert.Equal("invalid bearer token", _core.Authenticator.Judge(spelling, null).Fault));

        static string Header(string algorithm) => Encoded($$"""{"alg":"{{algorithm}}","kid":"x"}""");
        static string Encoded(string text) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text));
    }
}
