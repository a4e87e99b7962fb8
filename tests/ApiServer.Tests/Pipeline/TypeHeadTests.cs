using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class TypeHeadTests
{
    public static TheoryData<string> Types { get; } = [.. Kinds.All.Select(type => $"{type.ApiVersion} {type.Kind}")];

    [Theory, MemberData(nameof(Types))]
    public void TypeHead_IsHowTheCodecBeginsEachObject(string name)
    {
        var type = Kinds.All.Single(each => $"{each.ApiVersion} {each.Kind}" == name);
        Assert.StartsWith(Encoding.UTF8.GetString(StoredJson.TypeHead(type)) + "\"metadata\":", Encoding.UTF8.GetString(type.EncodeObject(type.NewObject())), StringComparison.Ordinal);
    }
}
