using Coxswain.Api;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

/// <summary>What holds for the metadata of every kind.</summary>
public sealed class MetadataTests : IAsyncLifetime
{
    private readonly CoreFixture _server = new();

    public async ValueTask InitializeAsync() => await _server.NamespaceAsync("ns");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("\"generateName\":\"A\",\"name\":\"a\"", "metadata.generateName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")]
    [InlineData("\"name\":\"a\",\"generation\":-1", "metadata.generation: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("\"name\":\"a\",\"ownerReferences\":[{\"apiVersion\":\"\",\"kind\":\"\",\"name\":\"\",\"uid\":\"\"}]",
        "[metadata.ownerReferences.apiVersion: Invalid value: \"\": version must not be empty, metadata.ownerReferences.kind: Invalid value: \"\": must not be empty, "
        + "metadata.ownerReferences.name: Invalid value: \"\": must not be empty, metadata.ownerReferences.uid: Invalid value: \"\": must not be empty]")]
    [InlineData("\"name\":\"a\",\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"p\",\"uid\":\"1\",\"controller\":true},{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"q\",\"uid\":\"2\",\"controller\":true}]",
        "metadata.ownerReferences: Invalid value: [{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"p\",\"uid\":\"1\",\"controller\":true},{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"q\",\"uid\":\"2\",\"controller\":true}]: "
        + "Only one reference can have Controller set to true. Found \"true\" in references for p and q")]
    [InlineData("\"name\":\"a\",\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"Event\",\"name\":\"e\",\"uid\":\"1\"}]",
        "metadata.ownerReferences: Invalid value: [{\"apiVersion\":\"v1\",\"kind\":\"Event\",\"name\":\"e\",\"uid\":\"1\"}]: /v1, Kind=Event is disallowed from being an owner")]
    [InlineData("\"name\":\"a\",\"finalizers\":[\"orphan\",\"foregroundDeletion\"]", "metadata.finalizers: Invalid value: [\"orphan\",\"foregroundDeletion\"]: finalizer orphan and foregroundDeletion cannot be both set")]
    public async Task Create_WithMetadataThatBreaksARule_IsInvalid(string metadata, string why)
    {
        var error = await Assert.ThrowsAsync<StatusException>(() => _server.CreateAsync(Kinds.ConfigMaps, "ns", $$$"""{"metadata":{{{{metadata}}}}}"""));

        Assert.Equal((422, $"ConfigMap \"a\" is invalid: {why}"), (error.Code, error.Message));
    }

    [Fact]
    public async Task Update_OfAnObjectThatIsGoing_AddsNoFinalizers()
    {
        await _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"name":"a","finalizers":["acme.com/x"]}}""");
        await _server.Client.DeleteAsync(Kinds.ConfigMaps, "ns", "a", null, Ct);

        await FailsAsync(422, "Invalid", "ConfigMap \"a\" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{\"acme.com/y\"}",
            () => _server.UpdateAsync(Kinds.ConfigMaps, "ns", "a", """{"metadata":{"name":"a","finalizers":["acme.com/x","acme.com/y"]}}"""));
    }

    [Fact]
    public async Task OwnerReferences_AreKeptAndMayChange()
    {
        var made = await _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"name":"a","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"1","controller":true,"blockOwnerDeletion":true}]}}""");
        var changed = await _server.UpdateAsync(Kinds.ConfigMaps, "ns", "a", """{"metadata":{"name":"a","ownerReferences":[]}}""");

        Assert.Equal("""[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"1","controller":true,"blockOwnerDeletion":true}]""", made["metadata"]!["ownerReferences"]!.ToJsonString());
        Assert.Null(changed["metadata"]!["ownerReferences"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"uid\":\"mine\",\"creationTimestamp\":\"2001-01-01T00:00:00Z\",\"selfLink\":\"x\",\"deletionTimestamp\":\"2001-01-01T00:00:00Z\"")]
    public async Task Create_WhatTheServerGives_IsNotTheCallersToSay(string said)
    {
        var meta = (await _server.CreateAsync(Kinds.ConfigMaps, "ns", $$$"""{"metadata":{"name":"a"{{{said}}}}}"""))["metadata"]!;

        Assert.True(Guid.TryParse((string)meta["uid"]!, out _));
        Assert.Equal("2026-01-01T00:00:00Z", (string)meta["creationTimestamp"]!);
        Assert.Null(meta["deletionTimestamp"]);
        Assert.Null(meta["selfLink"]);
    }
}
