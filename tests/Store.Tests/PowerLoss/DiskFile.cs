namespace Coxswain.Store.Tests.PowerLoss;

/// <summary>A file of a disk that is going to lose its power: what is surely there, and what was written since and may be there or not.</summary>
internal sealed class DiskFile(byte[] durable)
{
    private const int Sector = 512; // what a disk writes whole or not at all

    private readonly List<DiskOperation> _pending = [];
    private byte[] _durable = durable;

    public void Add(DiskOperation operation) => _pending.Add(operation);

    public void Flush()
    {
        _durable = After(_ => true);
        _pending.Clear();
    }

    /// <param name="survives">Whether one sector's worth of a write, or one truncation, reached the disk.</param>
    public byte[] After(Func<DiskOperation, bool> survives)
    {
        var length = _durable.Length;
        var content = new byte[Math.Max(length, _pending.Select(p => p.Number + p.Bytes.Length).DefaultIfEmpty().Max())];
        _durable.CopyTo(content, 0);
        foreach (var operation in _pending)
        {
            if (operation.Kind == "truncate")
            {
                if (!survives(operation)) continue;
                if (operation.Number < length) content.AsSpan((int)operation.Number, length - (int)operation.Number).Clear();
                length = (int)operation.Number;
                continue;
            }
            for (var done = 0; done < operation.Bytes.Length;)
            {
                var at = (int)operation.Number + done;
                var part = Math.Min(Sector - at % Sector, operation.Bytes.Length - done);
                if (survives(operation))
                {
                    operation.Bytes.AsSpan(done, part).CopyTo(content.AsSpan(at));
                    length = Math.Max(length, at + part);
                }
                done += part;
            }
        }
        return content[..length];
    }
}
