namespace Chat.Server.Storage.Sqlite;

/// <summary>The folder of an embedded server, for this process alone for as long as it runs. What is in it is for its owner's eyes alone.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string Database = "chat.db";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // EWOULDBLOCK of Linux and of macOS, and Windows' sharing violation: another process holds the lock.
    private static readonly int[] Locked = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _lock;

    public DataFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(Path);
            else
                Directory.CreateDirectory(Path, OwnerOnly | UnixFileMode.UserExecute);
            _lock = Open("chat.lock", FileShare.None);
            // Files that SQLite makes beside it get its mode. Those of an earlier version may be open to others.
            Open(Database, FileShare.ReadWrite).Dispose();
            foreach (var name in (string[])["chat.lock", Database, $"{Database}-wal", $"{Database}-shm", "master.key"])
                Protect(name);
        }
        catch (IOException e) when (Locked.Contains(e.HResult))
        {
            throw new DataFolderInUseException(
                $"Another process uses the data folder {Path}. An embedded server has one process; stop the other, choose another folder "
                    + "(Storage:DataFolder), or use PostgreSQL for several.",
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _lock?.Dispose();
            throw new UnfitDatabaseException($"The data folder {Path} (Storage:DataFolder) cannot be used: {e.Message}", e);
        }
    }

    public string Path { get; }

    public string DatabaseFile => System.IO.Path.Combine(Path, Database);

    public void Dispose() => _lock.Dispose();

    private FileStream Open(string name, FileShare share)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = share,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(System.IO.Path.Combine(Path, name), options);
    }

    private void Protect(string name)
    {
        var file = System.IO.Path.Combine(Path, name);
        if (OperatingSystem.IsWindows() || !File.Exists(file) || File.GetUnixFileMode(file) == OwnerOnly)
            return;
        try
        {
            File.SetUnixFileMode(file, OwnerOnly);
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's, which this one may only write: its mode is the other's to choose.
        }
    }
}

/// <summary>Another process has the folder; the message says what to do.</summary>
internal sealed class DataFolderInUseException(string message, Exception inner) : UnfitDatabaseException(message, inner);
