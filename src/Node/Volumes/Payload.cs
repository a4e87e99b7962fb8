namespace Coxswain.Node.Volumes;

/// <param name="Mode">Permission bits.</param>
/// <param name="User">Who owns it; null: root.</param>
internal readonly record struct PayloadFile(ReadOnlyMemory<byte> Content, int Mode, long? User = null);

/// <summary>The files a volume is to have, by their path in it.</summary>
internal sealed class Payload : SortedDictionary<string, PayloadFile>
{
    public Payload() : base(StringComparer.Ordinal) { }
}
