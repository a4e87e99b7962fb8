namespace Coxswain.Api.Tests.Selectors;

public sealed class LabelSelectorTests
{
    private static readonly KeyValuePair<string, string>[] Labels = [new("app", "web"), new("tier", "front"), new("n", "5")];

    [Theory]
    [InlineData("", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web,tier=front", true)]
    [InlineData("app!=web", false)]
    [InlineData("other!=web", true)]
    [InlineData("app in (web, db)", true)]
    [InlineData("app notin (web)", false)]
    [InlineData("other notin (web)", true)]
    [InlineData("app", true)]
    [InlineData("!app", false)]
    [InlineData("!other", true)]
    [InlineData("n>4", true)]
    [InlineData("n<5", false)]
    [InlineData("other>1", false)]
    [InlineData("app in (in, notin,web)", true)]
    [InlineData("app=", false)]
    [InlineData("app in ()", false)]
    [InlineData("app in (,web)", true)]
    [InlineData(" app = web , tier", true)]
    public void Matches_Selector_SelectsAsItSays(string selector, bool matches) => Assert.Equal(matches, LabelSelector.Parse(selector).Matches(Labels));

    [Theory]
    [InlineData("app==", "")]
    [InlineData("=web", "found '=', expected: !, identifier, or 'end of string'")]
    [InlineData("app=web,", "found '', expected: identifier after ','")]
    [InlineData("app web", "unable to parse requirement: found 'web', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("app in web", "unable to parse requirement: found 'web' expected: '('")]
    [InlineData("app in (a b)", "unable to parse requirement: found 'b', expected: ',' or ')'")]
    [InlineData("app=web x", "found 'x', expected: ',' or 'end of string'")]
    [InlineData("n>x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer")]
    [InlineData("a=b!", "found '!', expected: ',' or 'end of string'")]
    public void Parse_BadSelector_SaysWhatWasExpected(string selector, string message)
    {
        if (message.Length == 0) Assert.NotNull(LabelSelector.Parse(selector));
        else Assert.Equal(message, Assert.Throws<FormatException>(() => LabelSelector.Parse(selector)).Message);
    }

    [Fact]
    public void Parse_BadKey_NamesTheRule() =>
        Assert.StartsWith("unable to parse requirement: <nil>: Invalid value: \"-app\": name part must consist of", Assert.Throws<FormatException>(() => LabelSelector.Parse("-app=x")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("metadata.name=a", "metadata.name", true, "a")]
    [InlineData("metadata.name==a", "metadata.name", true, "a")]
    [InlineData("status.phase!=Failed", "status.phase", false, "Failed")]
    [InlineData("a=x\\,y\\=z\\\\", "a", true, "x,y=z\\")]
    public void ParseFields_Term_IsTakenApart(string selector, string field, bool equal, string value) =>
        Assert.Equal(new FieldRequirement(field, equal, value), Assert.Single(FieldSelector.Parse(selector).Requirements));

    [Fact]
    public void ParseFields_NoOperator_IsNotUnderstood() =>
        Assert.Equal("invalid selector: 'a=b,xyz'; can't understand 'xyz'", Assert.Throws<FormatException>(() => FieldSelector.Parse("a=b,xyz")).Message);
}
