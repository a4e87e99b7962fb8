using Coxswain.Soak.Load;

namespace Coxswain.EndToEnd.Soak;

public sealed class LedgerTests
{
    private readonly Ledger _ledger = new(["a", "b"]);

    [Fact]
    public void Check_WhatWasAcknowledged_IsRight()
    {
        Assert.Null(_ledger.Acknowledge(_ledger["a"], 1, revision: 5, before: 4));

        Assert.Empty(_ledger.Check([new Seen("a", 5, 1)]));
    }

    [Fact]
    public void Check_Gone_OlderOrAtAnotherRevision_IsNot()
    {
        _ledger.Acknowledge(_ledger["a"], 1, 5, 4);
        _ledger.Acknowledge(_ledger["a"], 2, 6, 5);

        Assert.Equal(["a: acknowledged with sequence 2 at revision 6, and not there"], _ledger.Check([]));
        Assert.Equal(["a: acknowledged with sequence 2 at revision 6, and has 1 at 5"], _ledger.Check([new Seen("a", 5, 1)]));
        Assert.Equal(["a: sequence 2 was acknowledged at revision 6 and is at 7"], _ledger.Check([new Seen("a", 7, 2)]));
    }

    [Fact]
    public void Check_DeletedAndThere_OrMadeByNobody_IsNot()
    {
        _ledger.Acknowledge(_ledger["a"], 1, 5, 4);
        _ledger["a"].AcknowledgeDelete();

        Assert.Equal(["a: its delete was acknowledged, and it is there with sequence 1 at revision 5"],
            _ledger.Check([new Seen("a", 5, 1)]));
        Assert.Equal(["x: nobody made it"], _ledger.Check([new Seen("x", 9, 1)]));
    }

    [Fact]
    public void Check_WriteInDoubt_MayHaveHappenedOrNot_AndNothingElse()
    {
        _ledger.Acknowledge(_ledger["a"], 1, 5, 4);
        _ledger["a"].Doubt(2, generation: 1);
        _ledger["b"].Doubt(7, generation: 1);

        Assert.Empty(_ledger.Check([new Seen("a", 5, 1)]));
        Assert.Empty(_ledger.Check([new Seen("a", 8, 2), new Seen("b", 9, 7)]));
        Assert.NotEmpty(_ledger.Check([]));
        Assert.NotEmpty(_ledger.Check([new Seen("a", 8, 3)]));
        _ledger["a"].Doubt(null, generation: 1);
        Assert.Empty(_ledger.Check([]));
    }

    [Fact]
    public void Settle_DoubtEndsWithTheProcessItWasAbout()
    {
        _ledger.Acknowledge(_ledger["a"], 1, 5, 4);
        _ledger["a"].Doubt(2, generation: 1);

        _ledger.Settle([new Seen("a", 5, 1)], generation: 1);
        Assert.Empty(_ledger.Check([new Seen("a", 8, 2)])); // may still happen
        _ledger.Settle([new Seen("a", 5, 1)], generation: 2);
        Assert.NotEmpty(_ledger.Check([new Seen("a", 8, 2)]));
    }

    [Fact]
    public void Acknowledge_RevisionThatIsNotNew_IsWrong()
    {
        Assert.Null(_ledger.Acknowledge(_ledger["a"], 1, revision: 5, before: 4));

        Assert.Equal("revision 5 was given to a 1 and again to b 1", _ledger.Acknowledge(_ledger["b"], 1, revision: 5, before: 4));
        Assert.Equal("b: revision 3, though 5 had been given before it was asked for",
            _ledger.Acknowledge(_ledger["b"], 2, revision: 3, before: 5));
    }

    [Fact]
    public void Copy_KnowsNothingOfWhatComesLater()
    {
        _ledger.Acknowledge(_ledger["a"], 1, 5, 4);
        var copy = _ledger.Copy();
        _ledger["a"].AcknowledgeDelete();

        Assert.Empty(copy.Check([new Seen("a", 5, 1)]));
    }
}
