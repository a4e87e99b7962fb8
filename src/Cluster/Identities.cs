using Coxswain.ApiServer.Auth;

namespace Coxswain.Cluster;

/// <summary>Who the cluster's own components are, by upstream's names.</summary>
public static class Identities
{
    public static UserInfo ApiServer { get; } = new("system:apiserver", [UserInfo.Masters, UserInfo.Authenticated]);
    public static UserInfo Scheduler { get; } = new("system:kube-scheduler", [UserInfo.Authenticated]);
    public static UserInfo Admin { get; } = new("kubernetes-admin", [UserInfo.Masters, UserInfo.Authenticated]);

    /// <summary>Each controller acts as its own service account in kube-system; <c>kube-controller-manager</c> as itself.</summary>
    public static UserInfo Controller(string name) => name == "kube-controller-manager"
        ? new UserInfo("system:kube-controller-manager", [UserInfo.Authenticated])
        : new UserInfo($"{UserInfo.ServiceAccountPrefix}kube-system:{name}", ["system:serviceaccounts", "system:serviceaccounts:kube-system", UserInfo.Authenticated]);

    public static UserInfo Node(string name) => new(UserInfo.NodePrefix + name, [UserInfo.Nodes, UserInfo.Authenticated]);
}
