using System.Globalization;
using System.Text;

namespace Coxswain.Api;

/// <summary>Where the walk is, in the two spellings that messages use: <c>spec.containers[0].name</c> and <c>Container.spec.containers.name</c>.</summary>
internal sealed class FieldTrail
{
    private readonly StringBuilder _strict = new();
    private readonly List<string> _fields = [];
    private string _struct = "";

    /// <summary>A place to come back to.</summary>
    public readonly record struct Mark(int Strict, int Fields, string Struct);

    public Mark Here => new(_strict.Length, _fields.Count, _struct);

    public void Back(Mark mark)
    {
        _strict.Length = mark.Strict;
        _fields.RemoveRange(mark.Fields, _fields.Count - mark.Fields);
        _struct = mark.Struct;
    }

    public void Field(string owner, string name, string? embedded)
    {
        Key(name);
        _struct = owner;
        if (embedded is not null) _fields.Add(embedded);
        _fields.Add(name);
    }

    /// <summary>Map keys and list indices show in the strict spelling only.</summary>
    public void Key(string key)
    {
        if (_strict.Length > 0) _strict.Append('.');
        _strict.Append(key);
    }

    public void Index(int index) => _strict.Append(CultureInfo.InvariantCulture, $"[{index}]");

    public string Strict(string name) => _strict.Length == 0 ? name : $"{_strict}.{name}";

    public string Mismatch(string value, string goType) => _fields.Count == 0
        ? $"json: cannot unmarshal {value} into Go value of type {goType}"
        : $"json: cannot unmarshal {value} into Go struct field {_struct}.{string.Join('.', _fields)} of type {goType}";
}
