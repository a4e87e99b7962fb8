using Coxswain.Store.Core;

namespace Coxswain.Store.Tests.Core;

public sealed class KeyTreeTests
{
    private static StoredValue Value(string key, long revision = 1) => new(key, default, revision, 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Edit_RandomChanges_AgreesWithASortedDictionary(int seed)
    {
        var random = new Random(seed);
        var model = new SortedDictionary<string, StoredValue>(StringComparer.Ordinal);
        var tree = KeyTree.Empty;
        for (var round = 0; round < 60; round++)
        {
            var before = (tree, values: model.Values.ToArray());
            var shrinking = round % 20 >= 12;
            tree = EditAtRandom(tree, model, random, shrinking ? 0.8 : 0.2);
            AssertSame(model, tree, random);
            Assert.Equal(before.values, before.tree.Slice(0, before.tree.Count)); // the old version is as it was
        }
    }

    [Fact]
    public void Edit_RisingThenAllRemoved_EndsEmpty()
    {
        var editor = new KeyTreeEditor(KeyTree.Empty);
        for (var i = 0; i < 5000; i++) editor.Set(Value($"/{i:0000}"));
        var full = editor.ToTree();
        Assert.Equal(5000, full.Count);
        editor = new KeyTreeEditor(full);
        for (var i = 4999; i >= 0; i--) Assert.True(editor.Remove($"/{i:0000}"));
        Assert.False(editor.Remove("/0000"));
        Assert.Equal(0, editor.ToTree().Count);
        Assert.Equal(5000, full.Slice(0, full.Count).Length);
    }

    private static KeyTree EditAtRandom(KeyTree tree, SortedDictionary<string, StoredValue> model, Random random, double removes)
    {
        var editor = new KeyTreeEditor(tree);
        for (var i = random.Next(1, 400); i > 0; i--)
        {
            var key = $"/{(char)('a' + random.Next(4))}/{random.Next(2500)}";
            Assert.Equal(model.GetValueOrDefault(key), editor.Find(key));
            if (random.NextDouble() < removes)
            {
                Assert.Equal(model.Remove(key), editor.Remove(key));
                continue;
            }
            model[key] = Value(key, random.Next());
            editor.Set(model[key]);
        }
        return editor.ToTree();
    }

    private static void AssertSame(SortedDictionary<string, StoredValue> model, KeyTree tree, Random random)
    {
        var values = model.Values.ToArray();
        Assert.Equal(values.Length, tree.Count);
        Assert.Equal(values, tree.Slice(0, tree.Count));
        foreach (var prefix in new[] { "", "/", "/b/", "/c/1", "/d/99", "/e", "!" })
        {
            Assert.Equal(values.Count(v => string.CompareOrdinal(v.Key, prefix) < 0), tree.Rank(Bound.Before(prefix)));
            Assert.Equal(values.Count(v => string.CompareOrdinal(v.Key, prefix) <= 0), tree.Rank(Bound.After(prefix)));
            var matching = values.Count(v => v.Key.StartsWith(prefix, StringComparison.Ordinal));
            Assert.Equal(matching, tree.Rank(Bound.PastPrefix(prefix)) - tree.Rank(Bound.Before(prefix)));
        }
        var start = random.Next(tree.Count);
        var end = random.Next(start, tree.Count);
        Assert.Equal(values[start..end], tree.Slice(start, end));
    }
}
