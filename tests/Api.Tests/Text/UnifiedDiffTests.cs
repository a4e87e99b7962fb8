namespace Coxswain.Api.Tests.Text;

public sealed class UnifiedDiffTests
{
    [Theory]
    [InlineData("a", "a", "")]
    [InlineData("a", "b", "@@ -1 +1 @@\n-a\n+b\n")]
    [InlineData("1 2 3 4 5 6 7 8 9", "1 2 3 4 x 6 7 8 9", "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n")]
    [InlineData("1 2 3", "1 2 3 4", "@@ -1,3 +1,4 @@\n 1\n 2\n 3\n+4\n")]
    [InlineData("1 2 3", "2 3", "@@ -1,3 +1,2 @@\n-1\n 2\n 3\n")]
    [InlineData("a 1 2 3 4 5 6 7 b", "x 1 2 3 4 5 6 7 y", "@@ -1,4 +1,4 @@\n-a\n+x\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+y\n")]
    [InlineData("a b", "a c a b", "@@ -1,2 +1,4 @@\n+a\n+c\n a\n b\n")] // the longest run decides, not the first line
    public void Of_TwoTexts_ShowsTheChangesAndWhatIsAround(string before, string after, string want) =>
        Assert.Equal(want, UnifiedDiff.Of(before.Replace(' ', '\n'), after.Replace(' ', '\n')));

    [Fact]
    public void Of_ALongText_IsNotAnchoredAtLinesThatAreEverywhere()
    {
        var before = string.Join('\n', Enumerable.Range(0, 120).Select(i => $"null\n{i}"));
        var after = before.Replace("\n60\n", "\nsixty\n", StringComparison.Ordinal);

        Assert.Equal("@@ -119,7 +119,7 @@\n null\n 59\n null\n-60\n+sixty\n null\n 61\n null\n", UnifiedDiff.Of(before, after));
    }
}
