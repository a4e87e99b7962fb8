using System.Globalization;

namespace Coxswain.Node.Containerd;

/// <summary>A process that cannot be mistaken for a later one with the same number.</summary>
/// <param name="StartTicks">When it started, in clock ticks since boot.</param>
internal readonly record struct ProcessIdentity(int Pid, string BootId, long StartTicks)
{
    /// <returns>Null when there is no such process.</returns>
    public static ProcessIdentity? Of(int pid)
    {
        try
        {
            // The name, in parentheses, may hold blanks; the state is the first field after it, the start time the twentieth.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (fields[0] is "Z" or "X") return null;
            return new ProcessIdentity(pid, File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }

    public bool IsAlive => Of(Pid) == this;

    public void WriteTo(string file)
    {
        File.WriteAllText(file + ".new", string.Create(CultureInfo.InvariantCulture, $"{Pid} {BootId} {StartTicks}\n"));
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <returns>The process that was written, if it still lives.</returns>
    public static ProcessIdentity? ReadAlive(string file)
    {
        if (!File.Exists(file)) return null;
        var fields = File.ReadAllText(file).Split(' ', StringSplitOptions.TrimEntries);
        return fields.Length == 3 && int.TryParse(fields[0], CultureInfo.InvariantCulture, out var pid) && long.TryParse(fields[2], CultureInfo.InvariantCulture, out var ticks)
            && new ProcessIdentity(pid, fields[1], ticks) is { IsAlive: true } alive ? alive : null;
    }
}
