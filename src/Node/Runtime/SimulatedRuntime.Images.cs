using System.Security.Cryptography;
using System.Text;
using Coxswain.Node.Images;

namespace Coxswain.Node.Runtime;

public sealed partial class SimulatedRuntime
{
    /// <summary>By full name.</summary>
    private readonly Dictionary<string, ImageInfo> _images = [];

    public Task<ImageInfo?> GetImageAsync(string image, CancellationToken ct)
    {
        lock (_lock) return Task.FromResult(FindImage(image));
    }

    public Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken ct)
    {
        lock (_lock) return Task.FromResult<IReadOnlyList<ImageInfo>>([.. _images.Values]);
    }

    public async Task<string> PullImageAsync(string image, RegistryAuth? auth, CancellationToken ct)
    {
        await DelayAsync(_simulation.PullTime, ct);
        if (_simulation.Pull(image) is { } failure) throw failure;
        lock (_lock) return Add(ImageName.Normalize(image), pinned: false).Id;
    }

    public Task RemoveImageAsync(string image, CancellationToken ct)
    {
        lock (_lock)
        {
            if (FindImage(image) is not { } found) return Task.CompletedTask;
            foreach (var name in _images.Where(i => i.Value.Id == found.Id).Select(i => i.Key).ToList()) _images.Remove(name);
            Publish(RuntimeEventType.ImagesChanged, "", null);
        }
        return Task.CompletedTask;
    }

    public async Task<IReadOnlyList<string>> ImportImagesAsync(Stream archive, CancellationToken ct)
    {
        try
        {
            var images = await ImageArchive.ReadAsync(archive, new DiscardingBlobSink(), ct);
            lock (_lock)
                foreach (var image in images) Add(image.Name, pinned: true);
            return [.. images.Select(i => i.Name)];
        }
        catch (InvalidDataException e) { throw new RuntimeException(RuntimeErrorCode.InvalidArgument, e.Message, e); }
    }

    public Task<FileSystemUsage> GetImageFileSystemAsync(CancellationToken ct)
    {
        lock (_lock) return Task.FromResult(new FileSystemUsage("/", _images.Values.Sum(i => i.Size), _images.Count));
    }

    /// <summary>Makes an image present without a pull.</summary>
    public ImageInfo AddImage(string image, bool pinned = false)
    {
        lock (_lock) return Add(ImageName.Normalize(image), pinned);
    }

    private ImageInfo Add(string name, bool pinned)
    {
        if (_images.TryGetValue(name, out var known) && known.Pinned == pinned) return known;
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        var repository = ImageName.Repository(name);
        Publish(RuntimeEventType.ImagesChanged, "", null);
        return _images[name] = new ImageInfo
        {
            Id = digest, RepoTags = name.Contains('@', StringComparison.Ordinal) ? [] : [name], RepoDigests = [$"{repository}@{digest}"],
            Size = _simulation.ImageSize, Pinned = pinned,
        };
    }

    private ImageInfo? FindImage(string image) =>
        _images.TryGetValue(ImageName.Normalize(image), out var found) ? found : _images.Values.FirstOrDefault(i => i.Id == image || i.RepoDigests.Contains(image));

    private ContainerStatus Described(SimulatedContainer container)
    {
        var status = container.Describe();
        return FindImage(status.ImageRef) is { RepoTags: [var tag, ..], RepoDigests: [var digest, ..] } ? status with { Image = tag, ImageRef = digest } : status;
    }
}
