namespace Coxswain.Api;

/// <summary>Finds the shape of a type's fields: the tables of this folder, and what holds for every object.</summary>
internal static class Shapes
{
    private static readonly Dictionary<Type, string> Lines = Make();
    private static readonly Dictionary<string, FieldShape> None = [];
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<Type, Dictionary<string, FieldShape>> Parsed = new();

    public static IReadOnlyDictionary<Type, string> All => Lines;

    public static FieldShape Of(Type type, string field) => FieldsOf(type).GetValueOrDefault(field, FieldShape.Plain);

    private static Dictionary<string, FieldShape> FieldsOf(Type type) =>
        Lines.TryGetValue(type, out var line) ? Parsed.GetOrAdd(type, static (_, l) => FieldShape.Parse(l), line) : None;

    private static Dictionary<Type, string> Make()
    {
        var lines = new Dictionary<Type, string>();
        MetaShapes.AddTo(lines);
        PodShapes.AddTo(lines);
        VolumeShapes.AddTo(lines);
        ClusterShapes.AddTo(lines);
        AppsShapes.AddTo(lines);
        ReviewShapes.AddTo(lines);
        return lines;
    }
}
