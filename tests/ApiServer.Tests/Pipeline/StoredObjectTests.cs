using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class StoredObjectTests
{
    /// <summary>What a large object takes once decoded would else stay as long as the object lives, beside its bytes.</summary>
    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_000_000, false)]
    public void From_ObjectWanted_HoldsItUnlessItIsLarge(int length, bool held)
    {
        var definition = ResourceCatalog.All.Single(d => d.ResourceType.Resource == "configmaps");
        var made = Make(definition, length);
        GC.Collect();
        Assert.Equal(held, made.Peek() is not null);
    }

    // A method of its own: nothing of the object stays on the test's stack.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static StoredObject Make(ResourceDefinition definition, int length) =>
        StoredObject.From(definition, new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "m" } }, length, keep: true);

    /// <summary>A reader that was on its way when a newer value came gets the object it asked for.</summary>
    [Fact]
    public async Task Peek_WhileAnotherSupersedes_GivesTheObject()
    {
        var definition = ResourceCatalog.All.Single(d => d.ResourceType.Resource == "configmaps");
        var value = new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "m" } };
        var objects = Enumerable.Range(0, 2_000).Select(_ => StoredObject.From(definition, value, length: 100, keep: true)).ToArray();
        var (at, done) = (-1, -1);
        var superseding = Task.Run(() =>
        {
            for (var i = 0; i < objects.Length; i++)
            {
                SpinWait.SpinUntil(() => Volatile.Read(ref at) >= i);
                objects[i].Supersede();
                Volatile.Write(ref done, i);
            }
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < objects.Length; i++)
        {
            Volatile.Write(ref at, i);
            while (Volatile.Read(ref done) < i) Assert.Same(value, objects[i].Peek());
        }
        await superseding;
    }
}
