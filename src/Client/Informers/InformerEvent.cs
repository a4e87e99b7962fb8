namespace Coxswain.Client;

/// <summary>One change of a cache: added when <paramref name="Old"/> is null, deleted when <paramref name="New"/> is null, else updated.</summary>
public readonly record struct InformerEvent<T>(T? Old, T? New) where T : class
{
    /// <summary>The newest known state; for a deletion the last one.</summary>
    public T Value => New ?? Old!;
    public bool IsAdd => Old is null;
    public bool IsUpdate => Old is not null && New is not null;
    public bool IsDelete => New is null;
}
