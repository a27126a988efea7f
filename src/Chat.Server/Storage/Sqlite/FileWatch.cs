using Microsoft.Win32.SafeHandles;

namespace Chat.Server.Storage.Sqlite;

/// <summary>
/// Notices that the database's files were deleted, moved or replaced under the running server. SQLite would go on with files that have no name any
/// more, and all that it commits to them is gone with the process.
/// </summary>
internal sealed class FileWatch(string database) : IDisposable
{
    // Guards the handles; the files are there for as long as these are open, wherever their names have gone.
    private readonly Lock _gate = new();
    private readonly string[] _files = [database, $"{database}-wal"];
    private readonly SafeFileHandle?[] _handles = new SafeFileHandle?[2];

    /// <exception cref="StoreRefusedException">They are not what this server has open.</exception>
    public void Check()
    {
        for (var i = 0; i < _files.Length; i++)
        {
            if (!IsThere(i))
                throw new StoreRefusedException(
                    $"The file {_files[i]} was deleted, moved or replaced while the server runs. Nothing is stored any more: put it back, or stop the server "
                        + "and restore a backup.",
                    new FileNotFoundException(null, _files[i])
                );
        }
    }

    /// <summary>After SQLite has closed the files: to close any handle of a file ends all locks that the process has on it.</summary>
    public void Dispose()
    {
        foreach (var handle in _handles)
            handle?.Dispose();
    }

    private bool IsThere(int index)
    {
        var file = _files[index];
        // Only Linux tells where an open file is; elsewhere a file of the same name counts as the same.
        if (!OperatingSystem.IsLinux())
            return File.Exists(file);
        try
        {
            lock (_gate)
                _handles[index] ??= File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var link = $"/proc/self/fd/{_handles[index]!.DangerousGetHandle()}";
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName == file;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }
}
