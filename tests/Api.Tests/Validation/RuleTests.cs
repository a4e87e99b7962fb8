namespace Coxswain.Api.Tests;

public sealed class RuleTests
{
    private const string Label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    [Theory]
    [InlineData("web-0")]
    [InlineData("0")]
    public void Dns1123Label_GoodName_HasNoFault(string name) => Assert.Empty(NameRules.Dns1123Label(name));

    [Theory]
    [InlineData("Web")]
    [InlineData("-a")]
    [InlineData("a.b")]
    [InlineData("")]
    public void Dns1123Label_BadName_NamesTheRule(string name) => Assert.Equal([Label], NameRules.Dns1123Label(name));

    [Fact]
    public void Dns1123Label_TooLong_SaysSo() => Assert.Equal(["must be no more than 63 characters"], NameRules.Dns1123Label(new string('a', 64)));

    [Theory]
    [InlineData("app")]
    [InlineData("example.com/My_Name.1")]
    public void QualifiedName_GoodName_HasNoFault(string name) => Assert.Empty(NameRules.QualifiedName(name));

    [Fact]
    public void QualifiedName_Parts_AreJudgedApart()
    {
        Assert.Equal(["prefix part must be non-empty"], NameRules.QualifiedName("/a"));
        Assert.StartsWith("prefix part a lowercase RFC 1123 subdomain", Assert.Single(NameRules.QualifiedName("A/a")));
        Assert.Equal(2, NameRules.QualifiedName("").Count);
        Assert.Equal(["name part must be no more than 63 bytes"], NameRules.QualifiedName(new string('a', 64)));
        Assert.EndsWith("with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')", Assert.Single(NameRules.QualifiedName("a/b/c")));
    }

    [Fact]
    public void PortName_Faults_AllNamed() => Assert.Equal(
        ["must be no more than 15 characters", "must contain at least one letter (a-z)", "must not contain consecutive hyphens", "must not begin or end with a hyphen"],
        ValueRules.PortName("-0123456789--01-"));

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("010.000.0.1", false)]
    [InlineData("::1", true)]
    [InlineData("::ffff:1.2.3.4", false)]
    [InlineData("10.0.0", false)]
    [InlineData("1.2.3.256", false)]
    [InlineData("fe80::1%eth0", false)]
    [InlineData("", false)]
    public void Ip_Texts(string text, bool good) => Assert.Equal(good, ValueRules.Ip(text).Count == 0);

    [Theory]
    [InlineData("10.0.0.0/8", "")]
    [InlineData("2001:db8::/64", "")]
    [InlineData("0.0.0.0/0", "")]
    [InlineData("10.0.0.1/8", "must not have bits set beyond the prefix length")]
    [InlineData("010.0.0.0/8", "must not have leading 0s in IP or prefix length")]
    [InlineData("10.0.0.0/08", "must not have leading 0s in IP or prefix length")]
    [InlineData("::ffff:10.0.0.0/104", "must not have an IPv4-mapped IPv6 address")]
    [InlineData("10.0.0.0/33", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
    public void Cidr_Faults_AreTold(string text, string fault) => Assert.Equal(fault, string.Join(';', ValueRules.Cidr(text)));

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("10.0.0.0", false)]
    [InlineData("fd00::/64", true)]
    public void Cidr_Texts(string text, bool good) => Assert.Equal(good, ValueRules.Cidr(text).Count == 0);

    [Fact]
    public void ConfigKey_DotDot_IsNoKey() => Assert.Equal(["must not start with '..'"], ValueRules.ConfigKey("..a"));

}
