using System.Globalization;

namespace Coxswain.Node.Images;

/// <summary>A disk's size and what of it is free, in bytes.</summary>
internal readonly record struct DiskSpace(long Capacity, long Available)
{
    public int UsedPercent => 100 - (int)((Int128)Available * 100 / Capacity);

    /// <summary><c>10.0 GiB</c></summary>
    public string CapacityText
    {
        get
        {
            var (size, unit) = ((double)Capacity, 0);
            for (; size >= 1024 && unit < 6; size /= 1024) unit++;
            return unit == 0 ? $"{Capacity} B" : string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {"KMGTPE"[unit - 1]}iB");
        }
    }

    /// <returns>Null when it cannot be told.</returns>
    public static DiskSpace? Of(string mountPoint)
    {
        try
        {
            var drive = new DriveInfo(mountPoint);
            return drive.TotalSize > 0 ? new DiskSpace(drive.TotalSize, drive.AvailableFreeSpace) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException) { return null; }
    }
}
