using Coxswain.Api;
using Coxswain.Client;

namespace Coxswain.ApiServer.Pipeline;

internal static class PatchApplier
{
    public static ReadOnlyMemory<byte> Apply(Patch patch, ReadOnlyMemory<byte> json, ResourceType type) => throw ApiErrors.Internal("patches are not served yet");
}
