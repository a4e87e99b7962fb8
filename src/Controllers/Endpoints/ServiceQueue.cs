using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Puts a Service in the queue whenever its endpoints may have changed: with the Service itself, and with a Pod that it selects or selected.</summary>
internal sealed class ServiceQueue
{
    private readonly Informer<V1Service> _services;
    private readonly WorkQueue<NamespacedName> _queue;

    public ServiceQueue(ControllerContext context, WorkQueue<NamespacedName> queue)
    {
        _queue = queue;
        _services = context.Caches.For(Kinds.Services);
        _services.AddHandler(change => _queue.Add(new NamespacedName(change.Value.Metadata.NamespaceProperty, change.Value.Metadata.Name)));
        context.Caches.Pods.AddHandler(OnPod);
    }

    public ObjectCache<V1Service> Services => _services.Cache;

    /// <summary>The Pods that a Service selects.</summary>
    public static IEnumerable<V1Pod> Select(V1Service service, ObjectCache<V1Pod> pods)
    {
        var selector = LabelMatcher.FromMap(service.Spec.Selector);
        return pods.List(service.Metadata.NamespaceProperty).Where(pod => selector.Matches(pod.Metadata.Labels));
    }

    private void OnPod(InformerEvent<V1Pod> change)
    {
        if (change.IsUpdate && !Matters(change.Old!, change.New!)) return;
        foreach (var service in _services.Cache.List(change.Value.Metadata.NamespaceProperty))
        {
            var selector = LabelMatcher.FromMap(service.Spec.Selector);
            if (selector.Matches(change.Value.Metadata.Labels) || (change.IsUpdate && selector.Matches(change.Old!.Metadata.Labels)))
            {
                _queue.Add(new NamespacedName(service.Metadata.NamespaceProperty, service.Metadata.Name));
            }
        }
    }

    private static bool Matters(V1Pod old, V1Pod pod) =>
        PodState.IsReady(old) != PodState.IsReady(pod)
        || PodState.IsTerminal(old) != PodState.IsTerminal(pod)
        || PodState.IsTerminating(old) != PodState.IsTerminating(pod)
        || old.Status?.PodIP != pod.Status?.PodIP
        || old.Spec?.NodeName != pod.Spec?.NodeName
        || !SameLabels(old.Metadata.Labels, pod.Metadata.Labels);

    private static bool SameLabels(IDictionary<string, string>? a, IDictionary<string, string>? b) =>
        (a?.Count ?? 0) == (b?.Count ?? 0) && (a is null || a.All(pair => b!.TryGetValue(pair.Key, out var value) && value == pair.Value));
}
