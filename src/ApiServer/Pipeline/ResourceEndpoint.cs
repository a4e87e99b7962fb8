using System.Buffers;
using System.Globalization;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline.Versions;
using Coxswain.ApiServer.Resources;
using Coxswain.Client;
using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>
/// One resource in one served version: what each verb does, without sockets. The HTTP layer and the in-process client both come through here; every
/// failure is a <see cref="StatusException"/>.
/// </summary>
public sealed class ResourceEndpoint
{
    /// <summary>So many of a collection are deleted at once: their writes share the store's batches.</summary>
    private const int DeleteWorkers = 16;

    private readonly VersionEdge? _edge;
    private readonly ListVerb _list;
    private readonly WatchVerb _watch;
    private readonly UpdateVerb _update;
    private readonly DeleteVerb _delete;
    private readonly Subresources _subresources;
    private readonly byte[] _head;
    private readonly Lazy<SlottedJson> _bookmark;
    private readonly Lazy<SlottedJson> _initialBookmark;

    internal ResourceEndpoint(ApiServerCore core, StoredResource stored, VersionEdge? edge)
    {
        (Core, Stored, _edge) = (core, stored, edge);
        ServedType = edge?.Served ?? stored.Type;
        _head = StoredJson.TypeHead(ServedType);
        Create = new CreateVerb(this);
        (_list, _watch, _update, _delete) = (new ListVerb(this), new WatchVerb(this), new UpdateVerb(this), new DeleteVerb(this));
        _subresources = new Subresources(this, _update);
        _bookmark = new Lazy<SlottedJson>(() => EmptyObject(null));
        _initialBookmark = new Lazy<SlottedJson>(() => EmptyObject(new Dictionary<string, string> { ["k8s.io/initial-events-end"] = "true" }));
    }

    internal ApiServerCore Core { get; }
    internal StoredResource Stored { get; }
    internal CreateVerb Create { get; }
    public ResourceDefinition Definition => Stored.Definition;
    /// <summary>Whether a delete that says nothing about dependents leaves them as orphans.</summary>
    internal bool OrphansByDefault => Definition.OrphansByDefault || _edge?.OrphansByDefault == true;
    /// <summary>The version this endpoint shows; the stored one is <see cref="ResourceDefinition.ResourceType"/>.</summary>
    public ResourceType ServedType { get; }

    /// <param name="subresource">Empty, or <c>status</c>, <c>scale</c>.</param>
    /// <param name="atLeast">A resourceVersion that the answer may not be older than; empty for none.</param>
    public Answer Get(RequestContext context, string subresource = "", string atLeast = "")
    {
        ListQueryRules.DemandReached(ListQueryRules.Revision(atLeast), Core.Store.Revision);
        var stored = Stored.GetOrThrow(context.Namespace, context.Name);
        return subresource == "scale" ? _subresources.ShowScale(Stored.Shared(stored)) : new Answer(200, JsonOf(stored), stored);
    }

    /// <summary>Of one namespace, or of all when <see cref="RequestContext.Namespace"/> is empty.</summary>
    public ListAnswer List(RequestContext context, ListQuery query) => _list.Run(context, query);

    public WatchStream Watch(RequestContext context, ListQuery query) => _watch.Run(context, query, shared: false);

    /// <summary>For readers in this process: new objects stay decoded while such a watch is open.</summary>
    internal WatchStream WatchShared(RequestContext context, ListQuery query) => _watch.Run(context, query, shared: true);

    /// <param name="subresource">Empty, or <c>binding</c> (pods), <c>token</c> (serviceaccounts).</param>
    public ValueTask<Answer> CreateAsync(RequestContext context, ObjectBody body, string subresource = "") => subresource switch
    {
        "" => Definition.IsStored ? Create.RunAsync(context, body) : ReviewAsync(context, body),
        "binding" => _subresources.BindAsync(context, body),
        "token" => _subresources.IssueTokenAsync(context, body),
        _ => throw ApiErrors.PathNotFound(),
    };

    /// <param name="subresource">Empty, or <c>status</c>, <c>scale</c>, or one of the kind's <see cref="ResourceDefinition.UpdateSubresources"/>.</param>
    public ValueTask<Answer> UpdateAsync(RequestContext context, ObjectBody body, string subresource = "") => subresource switch
    {
        "" => _update.RunAsync(context, Replace(context, body, UpdatePart.Main, "") with { MayCreate = true }),
        "status" => _update.RunAsync(context, Replace(context, body, UpdatePart.Status, "status")),
        "scale" => _subresources.ScaleAsync(context, body),
        _ when Definition.UpdateSubresources.Contains(subresource) => _update.RunAsync(context, Replace(context, body, UpdatePart.Other, subresource)),
        _ => throw ApiErrors.PathNotFound(),
    };

    public ValueTask<Answer> PatchAsync(RequestContext context, Patch patch, string subresource = "") => subresource switch
    {
        "" => _update.RunAsync(context, PatchPlan.For(this, context, patch, UpdatePart.Main, "")),
        "status" => _update.RunAsync(context, PatchPlan.For(this, context, patch, UpdatePart.Status, "status")),
        "scale" => _subresources.PatchScaleAsync(context, patch),
        _ when Definition.UpdateSubresources.Contains(subresource) => _update.RunAsync(context, PatchPlan.For(this, context, patch, UpdatePart.Other, subresource)),
        _ => throw ApiErrors.PathNotFound(),
    };

    public ValueTask<Answer> DeleteAsync(RequestContext context, V1DeleteOptions? options) => _delete.RunAsync(context, options);

    /// <summary>Answers with the objects as they were when they were chosen.</summary>
    public async ValueTask<ListAnswer> DeleteCollectionAsync(RequestContext context, ListQuery query, V1DeleteOptions? options)
    {
        var chosen = List(context, query);
        await Parallel.ForEachAsync(chosen.Items, new ParallelOptions { MaxDegreeOfParallelism = DeleteWorkers, CancellationToken = context.Cancelled }, async (item, _) =>
        {
            var (ns, name) = Stored.NameOf(item.Key);
            try { await _delete.RunAsync(context with { Namespace = ns, Name = name }, options); }
            catch (StatusException e) when (e.Code == 404) { } // somebody else deleted it meanwhile
        });
        return chosen;
    }

    /// <summary>The object in the served version: decoded once a revision and shared. Never change it.</summary>
    public IKubernetesObject<V1ObjectMeta> ObjectOf(StoredValue stored) => _edge is null ? Stored.Shared(stored) : ServedType.DecodeObject(JsonOf(stored).Span);

    /// <inheritdoc cref="ObjectOf(StoredValue)"/>
    public IKubernetesObject<V1ObjectMeta> ObjectOf(Answer answer)
    {
        if (answer.Value is { } value && (_edge is null || value.GetType() != Stored.Type.ClrType)) return value;
        return answer.Stored is { } stored ? ObjectOf(stored) : ServedType.DecodeObject(answer.Json.Span);
    }

    /// <inheritdoc cref="ObjectOf(StoredValue)"/>
    public IKubernetesObject<V1ObjectMeta> ObjectOf(WatchFrame frame) => frame.Stored is { } stored ? ObjectOf(stored) : ServedType.DecodeObject(frame.Json.Span);

    /// <summary>A table row for an object of the served version.</summary>
    internal object?[] CellsOf(IKubernetesObject<V1ObjectMeta> value, DateTime now) => Definition.Cells(_edge?.Accept(value) ?? value, now);

    /// <summary>What the served version asks of a write beyond what the stored one does.</summary>
    internal void ValidateServed(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta>? old, FieldErrors errors) => _edge?.Validate(value, old, errors);

    /// <summary>The object's bytes in the served version.</summary>
    public ReadOnlyMemory<byte> JsonOf(StoredValue stored) => _edge is null ? stored.Bytes : StoredObject.Of(stored).ServedJson ??= _edge.Show(stored.Bytes.Span);

    /// <summary>The object as it stands in a list: without apiVersion and kind.</summary>
    internal void WriteItem(IBufferWriter<byte> output, StoredValue stored)
    {
        var json = JsonOf(stored).Span;
        if (!json.StartsWith(_head))
        {
            output.Write(json);
            return;
        }
        output.Write("{"u8);
        output.Write(json[_head.Length..]);
    }

    /// <summary>A body as an object of the stored version, with defaults.</summary>
    internal IKubernetesObject<V1ObjectMeta> Accept(ObjectBody body, RequestContext context)
    {
        var value = body.Value ?? RequestDecoder.Decode(ServedType, body, context);
        value.Metadata ??= new V1ObjectMeta();
        if (_edge is not null) value = _edge.Accept(value);
        (value.ApiVersion, value.Kind) = (Stored.Type.ApiVersion, Stored.Type.Kind);
        Definition.DefaultObject(value);
        return value;
    }

    internal Selection Select(ListQuery query) => Selection.Parse(Definition, query, _edge is null ? f => f : _edge.StoredField);

    internal Answer AnswerStored(int code, StoredValue stored, IKubernetesObject<V1ObjectMeta>? value) => new(code, JsonOf(stored), stored, value);

    /// <summary>For dry runs.</summary>
    internal Answer AnswerUnstored(int code, IKubernetesObject<V1ObjectMeta> value)
    {
        var json = Stored.Type.EncodeObject(value);
        return new Answer(code, _edge is null ? json : _edge.Show(json), null, value);
    }

    /// <summary>What a watcher sees last of an object that left its selection: the state before, at the revision of the change.</summary>
    internal ReadOnlyMemory<byte> LeftJson(StoredValue value, StoredValue previous)
    {
        var attachment = StoredObject.Of(value);
        var json = attachment.LeftJson ??= StoredJson.WithRevision(previous.Bytes.Span, value.Revision);
        return _edge is null ? json : _edge.Show(json);
    }

    internal WatchFrame Bookmark(long revision, bool endsInitial)
    {
        var (json, slot) = (endsInitial ? _initialBookmark : _bookmark).Value;
        byte[] text = [.. json.Span[..slot], .. System.Text.Encoding.ASCII.GetBytes(revision.ToString(CultureInfo.InvariantCulture)), .. json.Span[slot..]];
        return new WatchFrame(WatchFrameType.Bookmark, text, revision);
    }

    private async ValueTask<Answer> ReviewAsync(RequestContext context, ObjectBody body)
    {
        var value = Accept(body, context);
        CreateVerb.MatchNamespace(ServedType, context.Namespace, value.Metadata);
        var answer = await Definition.ReviewObjectAsync(value, Core, context);
        return _edge is null ? answer : answer with { Json = _edge.Show(answer.Json.Span) };
    }

    private SlottedJson EmptyObject(Dictionary<string, string>? annotations)
    {
        var value = ServedType.NewObject();
        value.Metadata.Annotations = annotations;
        return StoredJson.EncodeSlotted(ServedType, value);
    }

    private UpdatePlan Replace(RequestContext context, ObjectBody body, UpdatePart part, string subresource)
    {
        // An object from this process is the same one at every attempt, and an attempt writes into it.
        var (revision, uid) = (body.Value?.Metadata?.ResourceVersion, body.Value?.Metadata?.Uid);
        return new UpdatePlan(part, subresource, (_, _) =>
        {
            var value = Accept(body, context);
            if (body.Value is not null) (value.Metadata.ResourceVersion, value.Metadata.Uid) = (revision, uid);
            ObjectIdentity.Check(value.Metadata, context);
            return value;
        })
        { UidIsPrecondition = true };
    }
}
