namespace Coxswain.Bench.Load;

/// <summary>What a watch can see of a Pod's life.</summary>
internal enum PodMoment { Seen, Bound, Ready, Gone }
