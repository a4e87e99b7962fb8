using System.Globalization;
using Coxswain.Node.Containerd.Services.Content;
using Coxswain.Node.Containerd.Services.Images;
using Coxswain.Node.Containerd.Services.Leases;
using Coxswain.Node.Images;
using Coxswain.Node.Runtime;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Services = Coxswain.Node.Containerd.Services;

namespace Coxswain.Node.Cri;

/// <summary>Puts images into containerd's own stores. CRI unpacks them when a container first needs them.</summary>
internal sealed class ContentStore(CriChannel channel)
{
    public const string PinnedLabel = "io.cri-containerd.pinned", PinnedValue = "pinned";
    private const int ChunkSize = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Content.ContentClient _content = new(channel.Invoker);
    private readonly Services.Images.Images.ImagesClient _images = new(channel.Invoker);
    private readonly Leases.LeasesClient _leases = new(channel.Invoker);

    /// <summary>What is written in a session is safe from containerd's garbage collection until it ends; what has no name by then goes.</summary>
    public async Task<Session> BeginAsync(CancellationToken ct)
    {
        var request = new CreateRequest { Id = "coxswain-" + Guid.NewGuid().ToString("N") };
        // Should this process end in the middle, the lease still does; not for a clock that is set while it works.
        request.Labels["containerd.io/gc.expire"] = channel.Now.AddDays(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await CriChannel.Call(_leases.CreateAsync(request, channel.Options(ct, Patience, CriChannel.Namespace)), ct);
        return new Session(this, channel, request.Id);
    }

    internal sealed class Session(ContentStore store, CriChannel channel, string lease) : IBlobSink, IAsyncDisposable
    {
        private readonly Metadata _headers = new() { CriChannel.Namespace[0], { "containerd-lease", lease } };

        public async Task WriteAsync(Stream content, long length, string? digest, IReadOnlyDictionary<string, string>? labels, CancellationToken ct)
        {
            try
            {
                using var call = store._content.Write(channel.Options(ct, headers: _headers));
                await ExchangeAsync(call, new WriteContentRequest { Action = WriteAction.Stat, Ref = $"{lease}-{digest ?? Guid.NewGuid().ToString("N")}", Total = length, Expected = digest ?? "" }, ct);
                var offset = await CopyAsync(call, content, ct);
                var commit = new WriteContentRequest { Action = WriteAction.Commit, Offset = offset, Total = length, Expected = digest ?? "" };
                commit.Labels.Add(labels);
                await ExchangeAsync(call, commit, ct);
                await call.RequestStream.CompleteAsync();
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists) { }
            catch (RpcException e)
            {
                ct.ThrowIfCancellationRequested();
                throw CriChannel.Translate(e);
            }
        }

        public async Task NameAsync(ArchivedImage image, CancellationToken ct)
        {
            var named = new Image { Name = image.Name, Target = new ContentDescriptor { MediaType = image.MediaType, Digest = image.Digest, Size = image.Size }, Labels = { [PinnedLabel] = PinnedValue } };
            try { await CriChannel.Call(store._images.CreateAsync(new CreateImageRequest { Image = named }, channel.Options(ct, Patience, _headers)), ct); }
            catch (RuntimeException e) when (e.Code == RuntimeErrorCode.AlreadyExists)
            {
                var update = new UpdateImageRequest { Image = named, UpdateMask = new FieldMask { Paths = { "target", "labels." + PinnedLabel } } };
                await CriChannel.Call(store._images.UpdateAsync(update, channel.Options(ct, Patience, _headers)), ct);
            }
        }

        public async ValueTask DisposeAsync()
        {
            using var patience = new CancellationTokenSource(Patience);
            try { await CriChannel.Call(store._leases.DeleteAsync(new DeleteRequest { Id = lease }, channel.Options(patience.Token, headers: CriChannel.Namespace)), patience.Token); }
            catch (Exception e) when (e is RuntimeException or OperationCanceledException) { } // it expires by itself
        }

        private static async Task<long> CopyAsync(AsyncDuplexStreamingCall<WriteContentRequest, WriteContentResponse> call, Stream content, CancellationToken ct)
        {
            var offset = 0L;
            var buffer = new byte[ChunkSize];
            for (int read; (read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct)) > 0; offset += read)
                await ExchangeAsync(call, new WriteContentRequest { Action = WriteAction.Write, Offset = offset, Data = UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, read)) }, ct);
            return offset;
        }

        /// <summary>The server answers each message; the buffer is free again when it has.</summary>
        private static async Task ExchangeAsync(AsyncDuplexStreamingCall<WriteContentRequest, WriteContentResponse> call, WriteContentRequest message, CancellationToken ct)
        {
            // A refusal ends the stream, which the write may notice first; the reason is with the reader.
            try { await call.RequestStream.WriteAsync(message, ct); }
            catch (Exception e) when (e is InvalidOperationException or RpcException) { }
            if (!await call.ResponseStream.MoveNext(ct)) throw new RpcException(new Status(StatusCode.Unknown, "the content store ended the write"));
        }
    }
}
