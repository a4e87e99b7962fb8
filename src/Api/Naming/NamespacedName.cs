namespace Coxswain.Api;

/// <summary>Where an object is found: its namespace (empty for cluster-scoped objects) and name.</summary>
public readonly record struct NamespacedName(string Namespace, string Name)
{
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
