using System.Diagnostics;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Images;

public sealed class ImageTests
{
    [Fact]
    public async Task ImportedImages_AreListed_AndThoseInTheImagesFolderAreTakenAtStart()
    {
        await using var cox = new CoxCluster();
        Directory.CreateDirectory(Path.Combine(cox.DataDirectory, "images"));
        File.Copy(Path.Combine(Repository.Images, "busybox.tar"), Path.Combine(cox.DataDirectory, "images", "busybox.tar"));
        await cox.UpAsync();
        await Eventually.ContainsAsync(async () => (await cox.CoxAsync("image", "ls")).Output, "docker.io/library/busybox:latest");

        await cox.ImportImagesAsync("nginx");
        Assert.Contains("daocloud.io/library/nginx:1.13.0-alpine", (await cox.CoxAsync("image", "ls")).Succeeded().Output, StringComparison.Ordinal);
        // The Node shows them without waiting for its next report, which is minutes away.
        var kubectl = cox.Kubectl();
        await Eventually.ContainsAsync(() => kubectl.FieldAsync("get node node-1", "{.status.images[*].names}"), "daocloud.io/library/nginx:1.13.0-alpine");
    }

    /// <summary>The scripts' archives are docker's; this one is of the other kind.</summary>
    [Fact]
    public async Task OciArchive_IsImportedAsWell_AndItsContainersRun()
    {
        await using var cox = new CoxCluster();
        await cox.UpAsync();
        await cox.ImportImagesAsync("busybox");
        var archive = Path.Combine(cox.DataDirectory, "oci.tar");
        await cox.CtrAsync("images tag docker.io/library/busybox:latest example.org/oci/busybox:1");
        await cox.CtrAsync($"images export --skip-manifest-json {archive} example.org/oci/busybox:1");
        await cox.CtrAsync("images rm --sync example.org/oci/busybox:1");

        Assert.Contains("example.org/oci/busybox:1", (await cox.CoxAsync("image", "import", archive)).Succeeded().Output, StringComparison.Ordinal);

        Assert.Contains("example.org/oci/busybox:1", (await cox.CoxAsync("image", "ls")).Succeeded().Output, StringComparison.Ordinal);
        var kubectl = cox.Kubectl();
        await kubectl.LineAsync("run oci --image=example.org/oci/busybox:1 --image-pull-policy=Never --restart=Never -- echo hello");
        await Eventually.IsAsync(() => kubectl.FieldAsync("get pod oci", "{.status.phase}"), "Succeeded");
    }

    [Fact]
    public async Task ImportOfSomethingElse_IsOneClearLine()
    {
        await using var cox = new CoxCluster();
        await cox.UpAsync();
        var file = Path.Combine(cox.DataDirectory, "not-an-image.tar");
        await File.WriteAllTextAsync(file, "hello", TestContext.Current.CancellationToken);

        var import = await cox.CoxAsync("image", "import", file);

        Assert.Equal(1, import.ExitCode);
        Assert.Single(import.Error.TrimEnd().Split('\n'));
        Assert.Contains(file, import.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImageFromARegistry_IsPulled_AndAWrongAddressIsErrImagePull()
    {
        await using var registry = await Registry.StartAsync();
        await using var cox = new CoxCluster();
        await cox.UpAsync();
        await cox.ImportImagesAsync("busybox");
        var kubectl = cox.Kubectl();
        var image = $"127.0.0.1:{registry.Port}/team/busybox:1";
        await cox.CtrAsync($"images tag docker.io/library/busybox:latest {image}");
        await cox.CtrAsync($"images push --plain-http {image}");
        await cox.CtrAsync($"images rm {image}");

        await kubectl.GetAsync("run", "pulled", $"--image={image}", "--restart=Never", "--", "echo", "hello");
        await kubectl.GetAsync("run", "wrong", $"--image=127.0.0.1:{registry.Port}/team/none:1", "--restart=Never");
        await kubectl.GetAsync("run", "nowhere", "--image=127.0.0.1:1/team/busybox:1", "--restart=Never");

        await Eventually.IsAsync(() => kubectl.FieldAsync("get pod pulled", "{.status.phase}"), "Succeeded");
        var pulled = await Eventually.ContainsAsync(() => kubectl.GetAsync("describe", "pod", "pulled"), "Successfully pulled image");
        Assert.Matches($@"Successfully pulled image ""{image}"" in \S+ \(\S+ including waiting\)\. Image size: \d+ bytes\.", pulled);
        await Eventually.GetAsync(() => kubectl.StatusAsync("wrong"), s => s is "ErrImagePull" or "ImagePullBackOff", "ErrImagePull");
        await Eventually.IsAsync(() => kubectl.StatusAsync("wrong"), "ImagePullBackOff");
        var sheet = await Eventually.ContainsAsync(() => kubectl.GetAsync("describe", "pod", "wrong"), "Back-off pulling image"); // the last Event: it follows the status
        Assert.Contains($"Failed to pull image \"127.0.0.1:{registry.Port}/team/none:1\"", sheet, StringComparison.Ordinal);
        Assert.Contains("Error: ErrImagePull", sheet, StringComparison.Ordinal);
        // An address at which nobody listens: the runtime's own words.
        Assert.Matches("Failed to pull image \"127.0.0.1:1/team/busybox:1\": .*dial tcp 127.0.0.1:1: connect: connection refused",
            await Eventually.ContainsAsync(() => kubectl.GetAsync("describe", "pod", "nowhere"), "Error: ErrImagePull"));
    }

    /// <summary>Debian's docker-registry on a loopback port, with a directory of its own.</summary>
    private sealed class Registry : IAsyncDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cox-e2e-registry-");
        private Process? _process;

        public int Port { get; private init; }

        public static async Task<Registry> StartAsync()
        {
            var registry = new Registry { Port = Ports.Free() };
            var config = Path.Combine(registry._directory.FullName, "config.yml");
            await File.WriteAllTextAsync(config, $"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {registry._directory.FullName}/data}}}}\nhttp: {{addr: 127.0.0.1:{registry.Port}}}\n", TestContext.Current.CancellationToken);
            registry._process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            using var http = new HttpClient();
            await Eventually.TrueAsync(async () =>
            {
                try { return (await http.GetAsync($"http://127.0.0.1:{registry.Port}/v2/", TestContext.Current.CancellationToken)).IsSuccessStatusCode; }
                catch (HttpRequestException) { return false; }
            }, "the registry answers");
            return registry;
        }

        public async ValueTask DisposeAsync()
        {
            _process!.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            _directory.Delete(recursive: true);
        }
    }
}
