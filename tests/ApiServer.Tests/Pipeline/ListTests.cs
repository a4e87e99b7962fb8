using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class ListTests : IAsyncLifetime
{
    private readonly CoreFixture _server = new();

    public async ValueTask InitializeAsync()
    {
        await _server.NamespaceAsync("ns");
        await _server.NamespaceAsync("ns2");
        foreach (var name in new[] { "a", "b", "c" }) await _server.CreateAsync(Kinds.ConfigMaps, "ns", $$$$"""{"metadata":{"name":"{{{{name}}}}","labels":{"l":"{{{{name}}}}"}}}""");
        await _server.CreateAsync(Kinds.ConfigMaps, "ns2", """{"metadata":{"name":"d"}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private ListAnswer List(string ns, ListQuery query) => _server[Kinds.ConfigMaps].List(Request(ns), query);

    private static string[] NamesOf(ListAnswer list) => [.. Node(list)["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!)];

    [Fact]
    public void List_Namespace_IsAHeaderAndItemsWithoutTheirType()
    {
        var json = Node(List("ns", new ListQuery()));

        Assert.Equal(("ConfigMapList", "v1", $"{_server.Store.Revision}"), ((string)json["kind"]!, (string)json["apiVersion"]!, (string)json["metadata"]!["resourceVersion"]!));
        Assert.Equal(["a", "b", "c"], NamesOf(List("ns", new ListQuery())));
        Assert.All(json["items"]!.AsArray(), i => Assert.Equal(["metadata"], i!.AsObject().Select(p => p.Key)));
    }

    [Fact]
    public void List_AllNamespaces_ShowsAll() => Assert.Equal(["a", "b", "c", "d"], NamesOf(List("", new ListQuery())));

    [Theory]
    [InlineData("l in (a,c)", "", "a c")]
    [InlineData("", "metadata.name=b", "b")]
    [InlineData("", "metadata.name!=b,metadata.namespace=ns", "a c")]
    [InlineData("l", "metadata.namespace!=ns2", "a b c")]
    public void List_Selected_ShowsThose(string labels, string fields, string names) =>
        Assert.Equal(names.Split(' '), NamesOf(List("", new ListQuery { LabelSelector = labels, FieldSelector = fields })));

    [Fact]
    public async Task List_InChunks_ShowsTheFirstChunksRevision()
    {
        var first = List("ns", new ListQuery { Limit = 2 });
        await _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"name":"bb"}}""");
        await _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"name":"e"}}""");
        var second = List("ns", new ListQuery { Limit = 2, Continue = first.Continue });

        Assert.Equal((1L, (long?)1), (first.Items.Count - 1, first.RemainingItemCount));
        Assert.Equal(["c"], NamesOf(second));
        Assert.Equal((first.Revision, ""), (second.Revision, second.Continue));
    }

    /// <summary>Upstream answers that out of its cache, which knows no chunks; Events it does not cache.</summary>
    [Fact]
    public async Task List_OfAnyState_IsWholeWhateverTheLimit()
    {
        foreach (var name in (string[])["x", "y"]) await _server.CreateAsync(Kinds.Events, "ns", $$$$"""{"metadata":{"name":"{{{{name}}}}"},"involvedObject":{"namespace":"ns"}}""");
        var any = new ListQuery { Limit = 1, ResourceVersion = "0" };

        var all = List("ns", any);
        Assert.Equal((3, ""), (all.Items.Count, all.Continue));
        Assert.Equal(2, List("ns", any with { LabelSelector = "l in (a,b)" }).Items.Count);
        Assert.Single(List("ns", any with { Continue = List("ns", new ListQuery { Limit = 1 }).Continue }).Items);
        Assert.Single(_server[Kinds.Events].List(Request("ns"), any).Items);
    }

    [Fact]
    public void List_SelectedInChunks_CountsWhatIsSelected()
    {
        var first = List("ns", new ListQuery { Limit = 1, LabelSelector = "l!=b" });
        var second = List("ns", new ListQuery { Limit = 1, LabelSelector = "l!=b", Continue = first.Continue });

        Assert.Equal("a c", $"{string.Join(",", NamesOf(first))} {string.Join(",", NamesOf(second))}");
        Assert.Null(first.RemainingItemCount);
        Assert.Empty(second.Continue);
    }

    [Fact]
    public async Task List_ContinueAfterCompaction_IsExpiredAndOffersAFreshToken()
    {
        var first = List("ns", new ListQuery { Limit = 2 });
        await _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"name":"e"}}""");
        await _server.Store.CompactAsync(_server.Store.Revision, Ct);

        var error = Assert.Throws<StatusException>(() => List("ns", new ListQuery { Limit = 2, Continue = first.Continue }));

        Assert.Equal((410, "Expired"), (error.Code, error.Reason));
        Assert.StartsWith("The provided continue parameter is too old to display a consistent list result.", error.Message, StringComparison.Ordinal);
        Assert.Equal(["c", "e"], NamesOf(List("ns", new ListQuery { Limit = 2, Continue = error.Status.Metadata.ContinueProperty })));
    }

    [Theory]
    [InlineData(999999)]
    [InlineData(long.MaxValue)]
    public void List_ContinuedAtARevisionToCome_IsTooLarge(long revision)
    {
        var error = Assert.Throws<StatusException>(() => List("ns", new ListQuery { Continue = new ContinueToken(revision, "ns/a").ToString() }));

        Assert.Equal((504, $"Timeout: Too large resource version: {revision}, current: {_server.Store.Revision}"), (error.Code, error.Message));
    }

    [Fact]
    public void List_ContinuedAfterWhatIsNoText_GoesOnBehindEveryKey() =>
        Assert.Empty(NamesOf(List("ns", new ListQuery { Continue = Convert.ToBase64String(@"{""v"":""meta.k8s.io/v1"",""rv"":-1,""start"":""\ud800""}"u8).TrimEnd('=') })));

    [Fact]
    public async Task List_ExactRevision_ShowsThePast()
    {
        var past = $"{_server.Store.Revision}";
        await _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"name":"e"}}""");

        Assert.Equal(["a", "b", "c"], NamesOf(List("ns", new ListQuery { ResourceVersion = past, ResourceVersionMatch = "Exact" })));
        Assert.Equal(["a", "b", "c", "e"], NamesOf(List("ns", new ListQuery { ResourceVersion = past })));
    }

    [Fact]
    public async Task List_ExactRevisionThatIsForgotten_IsExpired()
    {
        var past = $"{_server.Store.Revision}";
        await _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"name":"e"}}""");
        await _server.Store.CompactAsync(_server.Store.Revision, Ct);

        foreach (var query in (ListQuery[])[new() { ResourceVersion = past, ResourceVersionMatch = "Exact" }, new() { ResourceVersion = past, Limit = 1 }])
        {
            var error = Assert.Throws<StatusException>(() => List("ns", query));
            Assert.Equal((410, "Expired", "The resourceVersion for the provided list is too old."), (error.Code, error.Reason, error.Message));
        }
        Assert.Equal(4, List("ns", new ListQuery { ResourceVersion = past }).Items.Count); // no older than that
    }

    public static TheoryData<ListQuery, int, string> BadQueries => new()
    {
        { new ListQuery { FieldSelector = "spec.x=1" }, 400, "\"spec.x\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"" },
        { new ListQuery { LabelSelector = "=" }, 400, "found '=', expected: !, identifier, or 'end of string'" },
        { new ListQuery { ResourceVersion = "999999" }, 504, "Timeout: Too large resource version: 999999, current: 6" },
        { new ListQuery { ResourceVersion = "x" }, 500, "resourceVersion: Invalid value: \"x\": strconv.ParseUint: parsing \"x\": invalid syntax" },
        { new ListQuery { ResourceVersionMatch = "Exact" }, 422, "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided" },
        { new ListQuery { Continue = "?" }, 400, "invalid continue token: continue key is not valid: " },
    };

    [Theory]
    [MemberData(nameof(BadQueries))]
    public void List_BadQuery_SaysWhatIsWrong(ListQuery query, int code, string message)
    {
        var error = Assert.Throws<StatusException>(() => List("ns", query));

        Assert.Equal(code, error.Code);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_UnknownPodField_IsNotSupported() =>
        Assert.Equal("field label not supported: spec.foo", Assert.Throws<StatusException>(() => _server[Kinds.Pods].List(Request("ns"), new ListQuery { FieldSelector = "spec.foo=1" })).Message);
}
