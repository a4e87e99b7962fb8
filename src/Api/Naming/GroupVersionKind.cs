namespace Coxswain.Api;

/// <summary>Names a type: <c>apps/v1, Kind=Deployment</c>. The core group is the empty string.</summary>
public readonly record struct GroupVersionKind(string Group, string Version, string Kind)
{
    /// <summary>What stands in <c>apiVersion</c>: <c>v1</c> or <c>apps/v1</c>.</summary>
    public string ApiVersion => GroupVersion.Format(Group, Version);

    public override string ToString() => $"{ApiVersion}, Kind={Kind}";
}
