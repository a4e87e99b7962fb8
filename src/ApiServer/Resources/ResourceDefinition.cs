using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Resources;

/// <summary>
/// Everything the server knows about one kind beyond its identity. A kind is declared by one subclass in <c>Resources/Group/Kind.cs</c> and one line in
/// <see cref="ResourceCatalog"/>; routes, discovery, tables, OpenAPI, patching and storage follow from it.
/// </summary>
/// <remarks>
/// A write goes: decode ▸ <see cref="ResourceDefinition{T}.Default"/> ▸ mutating admission ▸ <see cref="ResourceDefinition{T}.PrepareForCreate"/> (or Update) ▸
/// <see cref="ResourceDefinition{T}.Validate"/> ▸ validating admission ▸ encode ▸ commit.
/// </remarks>
public abstract class ResourceDefinition
{
    /// <summary>The version that is stored.</summary>
    public abstract ResourceType ResourceType { get; }

    /// <summary>Whether <c>/status</c> is served; writes to the main resource then leave status alone and the other way round.</summary>
    public virtual bool HasStatus => false;

    /// <summary>The verbs of the main resource, in discovery's order.</summary>
    public virtual IReadOnlyList<string> Verbs { get; } = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>A PUT to a name that does not exist creates the object.</summary>
    public virtual bool AllowCreateOnUpdate => false;

    /// <summary>A PUT without resourceVersion replaces whatever is there.</summary>
    public virtual bool AllowUnconditionalUpdate => true;

    /// <summary>Where objects of this kind lie in the store: <c>/registry/apps/deployments/</c> NAMESPACE <c>/</c> NAME.</summary>
    public string StoragePrefix => ResourceType.Group.Length == 0 ? $"/registry/{ResourceType.Resource}/" : $"/registry/{ResourceType.Group}/{ResourceType.Resource}/";

    public abstract IReadOnlyList<TableColumn> Columns { get; }
    /// <summary>One table row's cells (string, long, bool or null), in the columns' order.</summary>
    public abstract object?[] Cells(IKubernetesObject<V1ObjectMeta> value, DateTime now);

    /// <summary>Why a row is marked as completed, in a word and a sentence; null while there is more to come of the object.</summary>
    internal virtual (string Reason, string Message)? CompletionOf(IKubernetesObject<V1ObjectMeta> value) => null;

    /// <summary>Field selector keys other than metadata.name and metadata.namespace.</summary>
    public virtual IReadOnlyList<string> SelectableFields => [];

    internal abstract string? FieldValueOf(IKubernetesObject<V1ObjectMeta> value, string field);
    internal abstract void DefaultObject(IKubernetesObject<V1ObjectMeta> value);
    internal abstract void PrepareObjectForCreate(IKubernetesObject<V1ObjectMeta> value);
    internal abstract void PrepareObjectForUpdate(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old);
    internal abstract void PrepareObjectForStatusUpdate(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old);
    internal abstract void PrepareObjectForSubresourceUpdate(string subresource, IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old);
    internal abstract void ValidateObject(IKubernetesObject<V1ObjectMeta> value, FieldErrors errors);
    internal abstract void ValidateObjectCreate(IKubernetesObject<V1ObjectMeta> value, FieldErrors errors);
    internal abstract void ValidateObjectUpdate(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors);
    internal abstract void ValidateObjectStatusUpdate(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors);
    internal abstract void ValidateObjectSubresourceUpdate(string subresource, IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors);
    internal abstract void CollectWarnings(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta>? old, List<string> warnings);
    internal abstract long? GracePeriodOf(IKubernetesObject<V1ObjectMeta> value, V1DeleteOptions options);
    internal abstract bool HoldsObject(IKubernetesObject<V1ObjectMeta> value);
    internal abstract void MarkObjectForDelete(IKubernetesObject<V1ObjectMeta> value);
    internal abstract ScaleAccess? ScaleAccess { get; }

    /// <summary>False for kinds that are asked and answered: see <see cref="ReviewDefinition{T}"/>.</summary>
    internal virtual bool IsStored => true;

    /// <summary>The answer to an object of a kind that is not stored.</summary>
    internal virtual ValueTask<Answer> ReviewObjectAsync(IKubernetesObject<V1ObjectMeta> value, ApiServerCore core, RequestContext context) => throw ApiErrors.MethodNotAllowed();

    /// <summary>Said in a Warning header of every answer about this kind, whatever the verb and the outcome; null while the kind is not deprecated.</summary>
    public virtual string? Deprecation => null;

    /// <summary>What is wrong with a name, in the wire's words: a DNS subdomain unless the kind says otherwise.</summary>
    /// <param name="prefix">The name is a generateName prefix: a trailing dash is allowed.</param>
    public virtual IReadOnlyList<string> ValidateName(string name, bool prefix) => NameRules.Dns1123Subdomain(prefix ? NameRules.WithoutTrailingDash(name) : name);

    /// <summary>Subresources beside <c>status</c> that take the kind's own object by PUT: see <see cref="ResourceDefinition{T}.PrepareForSubresourceUpdate"/>.</summary>
    public virtual IReadOnlyList<string> UpdateSubresources => [];

    /// <summary>The answer to a finished deletion is the object instead of a Status.</summary>
    public virtual bool ReturnsDeletedObject => false;

    /// <summary>Whether <c>limit</c> counts in a list of any state (<c>resourceVersion=0</c>) too: upstream does that for kinds that it does not cache.</summary>
    public virtual bool AlwaysChunks => false;

    /// <summary>Whether a deletion that its preconditions forbid is refused in the store's words instead of the usual ones.</summary>
    public virtual bool TellsPreconditionsAsTheStoreDoes => false;

    /// <summary>False for kinds whose objects never have dependents (Events): deletion then sets no garbage-collection finalizer.</summary>
    public virtual bool MayHaveDependents => true;

    /// <summary>Dependents stay when a deletion names no propagation policy (upstream keeps this for the oldest workload kinds).</summary>
    public virtual bool OrphansByDefault => false;
}

/// <summary>The typed side, which kinds override.</summary>
public abstract class ResourceDefinition<T> : ResourceDefinition where T : class, IKubernetesObject<V1ObjectMeta>, new()
{
    public abstract ResourceType<T> Type { get; }
    public sealed override ResourceType ResourceType => Type;

    /// <summary>Fills what upstream defaults (<c>pkg/apis/*/v1/defaults.go</c>); runs on every object that comes in, before admission.</summary>
    protected virtual void Default(T value) { }

    /// <summary>Clears what a creator may not set (status) and sets what only the server sets (generation).</summary>
    protected virtual void PrepareForCreate(T value) { }

    /// <summary>Carries over from <paramref name="old"/> what this write may not change (status) and bumps generation when the spec changed.</summary>
    protected virtual void PrepareForUpdate(T value, T old) { }

    /// <summary>For /status: carries over everything but status from <paramref name="old"/>.</summary>
    protected virtual void PrepareForStatusUpdate(T value, T old) { }

    /// <summary>Finds everything wrong with the kind's own fields; metadata is checked by the pipeline with <see cref="ValidateName"/>.</summary>
    protected virtual void Validate(T value, FieldErrors errors) { }

    /// <summary>Runs besides <see cref="Validate"/> on new objects.</summary>
    protected virtual void ValidateCreate(T value, FieldErrors errors) { }

    /// <summary>Runs besides <see cref="Validate"/> on updates: immutable fields and the like.</summary>
    protected virtual void ValidateUpdate(T value, T old, FieldErrors errors) { }

    protected virtual void ValidateStatusUpdate(T value, T old, FieldErrors errors) { }

    /// <summary>For one of <see cref="ResourceDefinition.UpdateSubresources"/>: carries over everything but what it writes from <paramref name="old"/>.</summary>
    protected virtual void PrepareForSubresourceUpdate(string subresource, T value, T old) { }

    protected virtual void ValidateSubresourceUpdate(string subresource, T value, T old, FieldErrors errors) { }

    /// <summary>Adds what is said in Warning headers: deprecated fields, suspicious values.</summary>
    protected virtual void Warnings(T value, T? old, List<string> warnings) { }

    /// <summary>The value of one of <see cref="ResourceDefinition.SelectableFields"/>.</summary>
    protected virtual string? FieldValue(T value, string field) => null;

    /// <summary>Seconds that a deletion waits for the object's owner (the node, for a Pod), or null to delete at once.</summary>
    protected virtual long? GracePeriod(T value, V1DeleteOptions options) => null;

    /// <summary>Something besides <c>metadata.finalizers</c> keeps a deleted object from going away (<c>spec.finalizers</c> of a Namespace).</summary>
    protected virtual bool Holds(T value) => false;

    /// <summary>What changes in an object that is marked for deletion, besides its metadata.</summary>
    protected virtual void MarkForDelete(T value) { }

    protected abstract object?[] Row(T value, DateTime now);

    /// <summary>Set for kinds that serve /scale.</summary>
    protected virtual ScaleAccess<T>? Scale => null;

    public sealed override object?[] Cells(IKubernetesObject<V1ObjectMeta> value, DateTime now) => Row((T)value, now);
    internal sealed override string? FieldValueOf(IKubernetesObject<V1ObjectMeta> value, string field) => FieldValue((T)value, field);
    internal sealed override void DefaultObject(IKubernetesObject<V1ObjectMeta> value) => Default((T)value);
    internal sealed override void PrepareObjectForCreate(IKubernetesObject<V1ObjectMeta> value) => PrepareForCreate((T)value);
    internal sealed override void PrepareObjectForUpdate(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old) => PrepareForUpdate((T)value, (T)old);
    internal sealed override void PrepareObjectForStatusUpdate(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old) => PrepareForStatusUpdate((T)value, (T)old);
    internal sealed override void PrepareObjectForSubresourceUpdate(string subresource, IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old) => PrepareForSubresourceUpdate(subresource, (T)value, (T)old);
    internal sealed override void ValidateObject(IKubernetesObject<V1ObjectMeta> value, FieldErrors errors) => Validate((T)value, errors);
    internal sealed override void ValidateObjectCreate(IKubernetesObject<V1ObjectMeta> value, FieldErrors errors) => ValidateCreate((T)value, errors);
    internal sealed override void ValidateObjectUpdate(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors) => ValidateUpdate((T)value, (T)old, errors);
    internal sealed override void ValidateObjectStatusUpdate(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors) => ValidateStatusUpdate((T)value, (T)old, errors);
    internal sealed override void ValidateObjectSubresourceUpdate(string subresource, IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors) => ValidateSubresourceUpdate(subresource, (T)value, (T)old, errors);
    internal sealed override void CollectWarnings(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta>? old, List<string> warnings) => Warnings((T)value, (T?)old, warnings);
    internal sealed override long? GracePeriodOf(IKubernetesObject<V1ObjectMeta> value, V1DeleteOptions options) => GracePeriod((T)value, options);
    internal sealed override bool HoldsObject(IKubernetesObject<V1ObjectMeta> value) => Holds((T)value);
    internal sealed override void MarkObjectForDelete(IKubernetesObject<V1ObjectMeta> value) => MarkForDelete((T)value);
    internal sealed override ScaleAccess? ScaleAccess => Scale;
}
