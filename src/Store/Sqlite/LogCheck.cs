namespace Coxswain.Store.Sqlite;

/// <summary>What is to be done with the log that lies beside a database.</summary>
internal enum LogUse
{
    /// <summary>SQLite takes it up.</summary>
    Replay,

    /// <summary>The database has all of it, or it never held anything: it is removed, so that SQLite cannot lay old pages over newer ones.</summary>
    Drop,
}

/// <summary>
/// Holds the log against what the mark says of it, before SQLite may touch either: SQLite takes a damaged log for an unfinished one, and goes on without what was in it.
/// </summary>
/// <param name="inUse">The database says that it was not closed in order: mark and log must be there.</param>
internal sealed class LogCheck(string path, bool inUse, LogMark? mark)
{
    private readonly string _log = LogOf(path), _markFile = MarkFile.PathOf(path);

    public static string LogOf(string path) => path + "-wal";

    /// <exception cref="StoreOpenException">Acknowledged writes are missing from the log, or may be.</exception>
    public LogUse Judge()
    {
        if (mark is not { } known) return JudgeUnmarked();
        if (known.IsNoLog) return LogUse.Drop;
        var scan = LogScan.Read(_log, known.Frames);
        if (!scan.Exists) return Missing(known);
        if (!scan.HasHeader) throw Damaged("its header, at byte 0, is not sound");
        if (scan.Salt == known.Salt) return known.Copied ? LogUse.Drop : Continue(known, scan);
        if (!known.Copied || !known.IsFollowedBy(scan.Salt)) throw Damaged("it is not the log that was last written, but an earlier one or another store's");
        return Sound(scan);
    }

    // Closed in order, or made by a version without marks: a log that lies there all the same has all that was not copied.
    private LogUse JudgeUnmarked()
    {
        if (inUse)
        {
            var what = File.Exists(_markFile) ? "is damaged: it cannot be read as the mark of a log" : "is missing: without it nobody can tell whether the log is whole";
            throw OpenFailure.Damage(_markFile, what);
        }
        var scan = LogScan.Read(_log);
        if (scan.HasHeader) return Sound(scan);
        return scan.IsBlank || !scan.Exists ? LogUse.Replay : throw Damaged("its header, at byte 0, is not sound");
    }

    private LogUse Missing(LogMark known)
    {
        if (known.Copied && !inUse) return LogUse.Drop;
        throw OpenFailure.Damage(_log, File.Exists(_log) ? "is damaged: it is empty" : "is missing");
    }

    private LogUse Continue(LogMark known, LogScan scan)
    {
        if (scan.AskedChecksum == known.Checksum) return Sound(scan);
        throw Damaged(scan.AskedChecksum is null
            ? $"the page at byte {scan.BadOffset} is not what was written, and acknowledged writes lie there or behind"
            : "it is not the log that was last written, but another one");
    }

    private LogUse Sound(LogScan scan) => scan.IsDamaged
        ? throw Damaged($"the page at byte {scan.BadOffset} is not what was written, and later writes lie behind it")
        : LogUse.Replay;

    private StoreOpenException Damaged(string what) => OpenFailure.Damage(_log, $"is damaged: {what}");
}
