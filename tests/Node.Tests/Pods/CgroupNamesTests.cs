using Coxswain.Node.Pods;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Tests.Pods;

public sealed class CgroupNamesTests
{
    private const string Uid = "0c2f5a3e-1b7d-4c55-9d0a-5f0e6b7c8d9e";

    [Theory]
    [InlineData("/kubepods", CgroupDriver.Cgroupfs, $"/kubepods/pod{Uid}")]
    [InlineData("/kubepods-burstable", CgroupDriver.Systemd, "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0c2f5a3e_1b7d_4c55_9d0a_5f0e6b7c8d9e.slice")]
    [InlineData("/coxswain-1a2b3c", CgroupDriver.Systemd, "/coxswain.slice/coxswain-1a2b3c.slice/coxswain-1a2b3c-pod0c2f5a3e_1b7d_4c55_9d0a_5f0e6b7c8d9e.slice")]
    public void Pod_IsNamedAsTheDriverWants(string root, CgroupDriver driver, string name) => Assert.Equal(name, CgroupNames.OfPod(root, Uid, driver));

    [Fact]
    public void Roots_AreThoseOfBothDrivers() => Assert.Equal(["/coxswain-1a2b3c", "/coxswain.slice/coxswain-1a2b3c.slice"], CgroupNames.Roots("/coxswain-1a2b3c"));

    [Theory]
    [InlineData(CgroupDriver.Cgroupfs)]
    [InlineData(CgroupDriver.Systemd)]
    public async Task Sandbox_IsPutWhereItsDriverLooks(CgroupDriver driver)
    {
        var asked = new TaskCompletionSource<string>();
        var simulation = new Simulation
        {
            CgroupDriver = driver,
            Sandbox = c =>
            {
                asked.TrySetResult(c.CgroupParent);
                return new RuntimeException(RuntimeErrorCode.Unknown, "not here");
            },
        };
        var root = $"/coxtest-names-{Environment.ProcessId}";
        await using var node = new TestNode(simulation, o => o with { Materialize = true, CgroupRoot = root }).Start();
        try
        {
            var pod = await node.CreateAsync(TestNode.NewPod("p"));
            Assert.Equal(CgroupNames.OfPod(root, pod.Metadata.Uid, driver), await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        }
        finally
        {
            await node.KillAsync();
            NodeCleanup.Run(node.Directory, root);
        }
    }
}
