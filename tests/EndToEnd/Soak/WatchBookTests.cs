using Coxswain.Soak.Load;

namespace Coxswain.EndToEnd.Soak;

public sealed class WatchBookTests
{
    private readonly WatchBook _book = new();

    public WatchBookTests() => Assert.Empty(_book.List([new Seen("a", 5, 1)], revision: 7));

    [Fact]
    public void Event_InOrder_IsRight()
    {
        Assert.Null(_book.Event("MODIFIED", new Seen("a", 8, 2)));
        Assert.Null(_book.Event("ADDED", new Seen("b", 9, 1)));
        Assert.Null(_book.Event("DELETED", new Seen("a", 10, 2)));
        Assert.Null(_book.Event("BOOKMARK", new Seen("", 12, 0)));

        Assert.Equal(12, _book.Revision);
        Assert.Empty(_book.Differences([new Seen("b", 9, 1)]));
        Assert.Empty(_book.Missing([new Seen("a", 5, 1), new Seen("a", 8, 2), new Seen("b", 9, 1)])); // the list stands for the first
    }

    [Theory]
    [InlineData("MODIFIED", "a", 7, "a duplicate, or out of order")]
    [InlineData("ADDED", "a", 8, "it was there already")]
    [InlineData("MODIFIED", "b", 8, "it was not there")]
    [InlineData("DELETED", "b", 8, "it was not there")]
    [InlineData("BOOKMARK", "", 6, "a bookmark at 6 after 7")]
    public void Event_ThatCannotBe_IsTold(string type, string name, long revision, string why) =>
        Assert.Contains(why, _book.Event(type, new Seen(name, revision, 3)), StringComparison.Ordinal);

    [Fact]
    public void Missing_AcknowledgedAndNeverTold_IsTold()
    {
        _book.Event("MODIFIED", new Seen("a", 9, 3));

        Assert.Equal(["a: sequence 2 at 8 was never told"], _book.Missing([new Seen("a", 8, 2), new Seen("a", 9, 3)]));
    }

    [Fact]
    public void List_BehindWhatWasWatched_IsTold()
    {
        _book.Event("MODIFIED", new Seen("a", 9, 3));

        Assert.Equal(["a list at 8 after a watch had come to 9", "a: a watch told of 9, a later list shows 5"],
            _book.List([new Seen("a", 5, 1)], revision: 8));
    }

    [Fact]
    public void Differences_BothWays_AreTold()
    {
        Assert.Equal(["a: watched as 5, the list has 6", "b: in the list, never told"],
            _book.Differences([new Seen("a", 6, 2), new Seen("b", 7, 1)]));
        Assert.Equal(["a: watched as 5, the list has nothing"], _book.Differences([]));
    }
}
