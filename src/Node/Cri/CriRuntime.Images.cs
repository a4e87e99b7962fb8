using Coxswain.Node.Cri.V1;
using Coxswain.Node.Images;
using Coxswain.Node.Runtime;
using Services = Coxswain.Node.Containerd.Services;

namespace Coxswain.Node.Cri;

public sealed partial class CriRuntime
{
    public async Task<ImageInfo?> GetImageAsync(string image, CancellationToken ct)
    {
        var pinned = PinnedAsync(ct);
        var found = FindAsync(image, ct);
        await Task.WhenAll(pinned, found);
        return await found is { } present ? CriAnswers.Image(present, await pinned) : null;
    }

    public async Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken ct)
    {
        var r = await CriChannel.Call(_images.ListImagesAsync(new V1.ListImagesRequest(), Options(ct)), ct);
        var pinned = await PinnedAsync(ct);
        return [.. r.Images.Select(i => CriAnswers.Image(i, pinned))];
    }

    public async Task<string> PullImageAsync(string image, RegistryAuth? auth, CancellationToken ct)
    {
        var request = new PullImageRequest { Image = new ImageSpec { Image = image } };
        if (auth is not null)
            request.Auth = new AuthConfig
            {
                Username = auth.Username, Password = auth.Password, ServerAddress = auth.ServerAddress,
                IdentityToken = auth.IdentityToken, RegistryToken = auth.RegistryToken,
            };
        // As long as it takes: the runtime itself gives up when nothing moves.
        return (await CriChannel.Call(_images.PullImageAsync(request, _channel.Options(ct)), ct)).ImageRef;
    }

    public Task RemoveImageAsync(string image, CancellationToken ct) =>
        CriChannel.Call(_images.RemoveImageAsync(new RemoveImageRequest { Image = new ImageSpec { Image = image } }, Options(ct)), ct);

    public async Task<FileSystemUsage> GetImageFileSystemAsync(CancellationToken ct)
    {
        var r = await CriChannel.Call(_images.ImageFsInfoAsync(new ImageFsInfoRequest(), Options(ct)), ct);
        return r.ImageFilesystems is [var fs, ..]
            ? new FileSystemUsage(fs.FsId?.Mountpoint ?? "", (long)(fs.UsedBytes?.Value ?? 0), (long)(fs.InodesUsed?.Value ?? 0))
            : new FileSystemUsage("", 0, 0);
    }

    public async Task<IReadOnlyList<string>> ImportImagesAsync(Stream archive, CancellationToken ct)
    {
        await using var session = await _content.BeginAsync(ct);
        IReadOnlyList<ArchivedImage> images;
        try { images = await ImageArchive.ReadAsync(archive, session, ct); }
        catch (InvalidDataException e) { throw new RuntimeException(RuntimeErrorCode.InvalidArgument, e.Message, e); }
        foreach (var image in images) await session.NameAsync(image, ct);
        // CRI learns of a name by an event of its own: give it a moment, so that the caller can use what was imported.
        foreach (var image in images)
            await Settle.UntilAsync(async () => (await FindAsync(image.Name, ct))?.Id == image.ConfigDigest, TimeSpan.FromSeconds(5), _time, ct);
        return [.. images.Select(i => i.Name)];
    }

    private async Task<Image?> FindAsync(string image, CancellationToken ct) =>
        (await CriChannel.Call(_images.ImageStatusAsync(new ImageStatusRequest { Image = new ImageSpec { Image = image } }, Options(ct)), ct)).Image;

    /// <summary>CRI itself reports pins only from containerd 1.7 on; the label is there in every version.</summary>
    private async Task<IReadOnlySet<string>> PinnedAsync(CancellationToken ct)
    {
        try
        {
            var request = new Services.Images.ListImagesRequest { Filters = { $"labels.\"{ContentStore.PinnedLabel}\"=={ContentStore.PinnedValue}" } };
            var r = await CriChannel.Call(_names.ListAsync(request, _channel.Options(ct, Patience, CriChannel.Namespace)), ct);
            return r.Images.Select(i => i.Name).ToHashSet();
        }
        catch (RuntimeException e) when (e.Code == RuntimeErrorCode.Unimplemented) { return new HashSet<string>(); } // not containerd
    }
}
