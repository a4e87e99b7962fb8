using System.Collections;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer;

/// <summary>Stored objects that are decoded when they are looked at: a reader that walks over many large ones has one of them in hand at a time.</summary>
internal sealed class DecodedList<T>(ResourceEndpoint endpoint, IReadOnlyList<StoredValue> stored) : IReadOnlyList<T> where T : class, IKubernetesObject<V1ObjectMeta>
{
    public int Count => stored.Count;

    public T this[int index] => (T)endpoint.ObjectOf(stored[index]);

    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0; i < stored.Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
