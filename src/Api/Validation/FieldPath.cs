namespace Coxswain.Api;

/// <summary>A place in an object, spelt as messages spell it: <c>spec.containers[0].ports[name]</c>. Cheap to extend; formatted only when an error is made.</summary>
public sealed class FieldPath
{
    private readonly FieldPath? _parent;
    private readonly string? _name;
    private readonly int _index;

    private FieldPath(FieldPath? parent, string? name, int index) => (_parent, _name, _index) = (parent, name, index);

    public static FieldPath Root(string name) => new(null, name, -1);
    public FieldPath Child(string name) => new(this, name, -1);
    public FieldPath Child(string name, string next) => Child(name).Child(next);
    public FieldPath Index(int index) => new(this, null, index);
    public FieldPath Key(string key) => new(this, key, -2);

    public override string ToString()
    {
        if (_parent is null) return _name!;
        return _index switch
        {
            -1 => $"{_parent}.{_name}",
            -2 => $"{_parent}[{_name}]",
            _ => $"{_parent}[{_index}]",
        };
    }
}
