namespace Coxswain.Node.Runtime;

/// <summary>Who makes a container's cgroups, with CRI's numbers: systemd, which names them by slices, or the runtime in the file system.</summary>
public enum CgroupDriver { Systemd = 0, Cgroupfs = 1 }
