namespace Coxswain.Api;

/// <summary>Names a collection as it stands in a path: <c>/apis/apps/v1/deployments</c>.</summary>
public readonly record struct GroupVersionResource(string Group, string Version, string Resource)
{
    /// <summary><c>deployments.apps</c>, or <c>pods</c> in the core group: how messages and CRDs name a resource.</summary>
    public string GroupResource => Group.Length == 0 ? Resource : $"{Resource}.{Group}";

    public override string ToString() => $"{GroupVersion.Format(Group, Version)}/{Resource}";
}
