using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class StoredObjectTests
{
    /// <summary>A reader that was on its way when a newer value came gets the object it asked for.</summary>
    [Fact]
    public async Task Peek_WhileAnotherSupersedes_GivesTheObject()
    {
        var definition = ResourceCatalog.All.Single(d => d.ResourceType.Resource == "configmaps");
        var value = new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "m" } };
        var objects = Enumerable.Range(0, 2_000).Select(_ => StoredObject.From(definition, value, keep: true)).ToArray();
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
