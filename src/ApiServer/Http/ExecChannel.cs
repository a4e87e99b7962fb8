namespace Coxswain.ApiServer.Http;

/// <summary>The first byte of each message.</summary>
internal enum ExecChannel : byte { Stdin = 0, Stdout = 1, Stderr = 2, Error = 3, Resize = 4, Close = 255 }
