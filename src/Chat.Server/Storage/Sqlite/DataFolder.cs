namespace Chat.Server.Storage.Sqlite;

/// <summary>The folder of an embedded server, for this process alone for as long as it runs.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    public DataFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Path);
        else
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            _lock = new FileStream(System.IO.Path.Combine(Path, "chat.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new DataFolderInUseException(
                $"Another process uses the data folder {Path}. An embedded server has one process; stop the other, choose another folder "
                    + "(Storage:DataFolder), or use PostgreSQL for several.",
                e
            );
        }
    }

    public string Path { get; }

    public void Dispose() => _lock.Dispose();
}

/// <summary>Another process has the folder; the message says what to do.</summary>
internal sealed class DataFolderInUseException(string message, Exception inner) : Exception(message, inner);
