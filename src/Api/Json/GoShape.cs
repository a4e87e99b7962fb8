using System.Text.Json.Serialization.Metadata;

namespace Coxswain.Api;

/// <summary>Gives the package's types the shape that upstream's Go types have on the wire: which fields are left out when empty, which are always written.</summary>
internal static class GoShape
{
    public static void Apply(JsonTypeInfo type)
    {
    }
}
