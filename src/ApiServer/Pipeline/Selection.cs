using Coxswain.Api;
using Coxswain.ApiServer.Resources;
using Coxswain.Store;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Which objects a list or watch is about. Looks only at what was extracted at commit.</summary>
internal sealed class Selection
{
    private const int NameIndex = -1;
    private const int NamespaceIndex = -2;

    private readonly ResourceDefinition _definition;
    private readonly LabelSelector _labels;
    private readonly (int Index, bool Equal, string Value)[] _fields;

    private Selection(ResourceDefinition definition, LabelSelector labels, (int, bool, string)[] fields) => (_definition, _labels, _fields) = (definition, labels, fields);

    public bool IsEmpty => _labels.IsEmpty && _fields.Length == 0;

    /// <summary>The one name that is selected, where the selector says so.</summary>
    public string? Name => _fields.Where(f => f.Index == NameIndex && f.Equal).Select(f => f.Value).FirstOrDefault();

    /// <param name="storedField">What the stored version calls a field of the served one.</param>
    public static Selection Parse(ResourceDefinition definition, ListQuery query, Func<string, string?> storedField)
    {
        try
        {
            var fields = FieldSelector.Parse(query.FieldSelector).Requirements.Select(r => (IndexOf(definition, r.Field, storedField), r.Equal, r.Value)).ToArray();
            return new Selection(definition, LabelSelector.Parse(query.LabelSelector), fields);
        }
        catch (FormatException e) { throw ApiErrors.BadRequest(e.Message); }
    }

    public bool Matches(StoredValue stored)
    {
        if (IsEmpty) return true;
        foreach (var (index, equal, value) in _fields)
        {
            if ((ValueOf(stored, index) == value) != equal) return false;
        }
        return _labels.IsEmpty || _labels.Matches(StoredObject.Of(stored).Labels);
    }

    private string ValueOf(StoredValue stored, int index)
    {
        if (index >= 0) return StoredObject.Of(stored).Field(_definition, stored, index) ?? "";
        var name = stored.Key.LastIndexOf('/');
        if (index == NameIndex) return stored.Key[(name + 1)..];
        return _definition.ResourceType.Namespaced ? stored.Key[_definition.StoragePrefix.Length..name] : "";
    }

    private static int IndexOf(ResourceDefinition definition, string field, Func<string, string?> storedField)
    {
        if (field == "metadata.name") return NameIndex;
        var names = definition.SelectableFields;
        // The cluster's own kinds say what they can be selected by, and a namespace is not among it.
        if (field == "metadata.namespace" && (definition.ResourceType.Namespaced || names.Count == 0)) return NamespaceIndex;
        for (var i = 0; i < names.Count; i++) if (names[i] == storedField(field)) return i;
        throw new FormatException(names.Count > 0
            ? $"field label not supported: {field}"
            : $"\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
    }
}
