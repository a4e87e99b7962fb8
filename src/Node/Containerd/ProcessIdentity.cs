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
            return new ProcessIdentity(pid, ThisBoot, long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }

    public static string ThisBoot { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    public bool IsAlive => Of(Pid) == this;

    public void WriteTo(string file)
    {
        File.WriteAllText(file + ".new", string.Create(CultureInfo.InvariantCulture, $"{Pid} {BootId} {StartTicks}\n"));
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <returns>The process that was written, dead or alive; null when none was.</returns>
    public static ProcessIdentity? Read(string file)
    {
        if (!File.Exists(file)) return null;
        var fields = File.ReadAllText(file).Split(' ', StringSplitOptions.TrimEntries);
        return fields.Length == 3 && int.TryParse(fields[0], CultureInfo.InvariantCulture, out var pid) && long.TryParse(fields[2], CultureInfo.InvariantCulture, out var ticks)
            ? new ProcessIdentity(pid, fields[1], ticks) : null;
    }

    /// <summary>Processes that have this word in their command line.</summary>
    public static IEnumerable<int> WithArgument(string word, Func<string, bool> program)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var pid)) continue;
            string[] arguments;
            try { arguments = File.ReadAllText(Path.Combine(directory, "cmdline")).Split('\0'); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { continue; } // ended in between
            if (arguments.Contains(word) && program(Path.GetFileName(arguments[0]))) yield return pid;
        }
    }
}
