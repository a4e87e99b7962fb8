using Coxswain.Network.Cni;

namespace Coxswain.Network.Tests.Cni;

public sealed class IptablesTests
{
    [Fact]
    public void Parse_OfARule_KeepsQuotedWordsTogether()
    {
        var rule = Iptables.Parse("""-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \"cox-1a\" id: \"3b0c\"" -m multiport --dports 80 -j CNI-DN-17b0""")!;

        Assert.Equal(("CNI-HOSTPORT-DNAT", "dnat name: \"cox-1a\" id: \"3b0c\"", "CNI-DN-17b0"), (rule.Chain, rule.Comment, rule.Target));
        Assert.Equal(["-p", "tcp", "-m", "comment", "--comment", "dnat name: \"cox-1a\" id: \"3b0c\"", "-m", "multiport", "--dports", "80", "-j", "CNI-DN-17b0"], rule.Arguments);
    }

    [Theory]
    [InlineData("-P INPUT ACCEPT")]
    [InlineData("-N CNI-HOSTPORT-DNAT")]
    [InlineData("")]
    public void Parse_OfWhatIsNoRule_IsNothing(string line) => Assert.Null(Iptables.Parse(line));
}
