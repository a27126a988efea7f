using Chat.Contracts;
using Chat.Server.Storage;
using Chat.Server.Storage.Sqlite;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chat.Server.Tests.Storage.Sqlite;

/// <summary>What is particular to one file in one folder.</summary>
public sealed class DataFolderTests(SqliteLogStore store) : IClassFixture<SqliteLogStore>
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_folder_in_use_is_refused_with_a_sentence()
    {
        using var second = LogStore.Build(SqliteLogStore.Settings(store.Folder));

        var refusal = await Assert.ThrowsAsync<DataFolderInUseException>(() =>
            second.Services.GetRequiredService<ISchema>().MigrateAsync(None)
        );

        Assert.Contains(store.Folder, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Another process uses the data folder", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_made_for_its_owner_alone_and_migrated()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Modes are Unix's.");
            return;
        }
        var folder = Path.Combine(Directory.CreateTempSubdirectory("chat-folder-").FullName, "data");
        using var host = LogStore.Build(SqliteLogStore.Settings(folder));

        await host.Services.GetRequiredService<ISchema>().MigrateAsync(None);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.Equal(SchemaState.Current, await host.Services.GetRequiredService<ISchema>().CheckAsync(None));
    }

    [Fact]
    public async Task What_was_stored_is_there_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("chat-folder-").FullName;
        ConversationId id;
        await using (var first = new OwnStore(folder))
        {
            await first.InitializeAsync();
            await using var scene = await LogScene.CreateAsync(first);
            id = await scene.OpenAsync();
            await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor, "still here"));
        }

        await using var second = new OwnStore(folder);
        await second.InitializeAsync();

        var history = await second.Log.ReadHistoryAsync(id, null, null, 10, None);
        Assert.Equal([null, "still here"], history.Events.Select(e => e.Data!.Body));
    }

    [Fact]
    public async Task Files_of_a_folder_that_exists_are_for_their_owner_alone_too()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Modes are Unix's.");
            return;
        }
        var folder = Directory.CreateTempSubdirectory("chat-folder-").FullName;
        const UnixFileMode everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        // As an earlier version left it.
        await File.WriteAllBytesAsync(Path.Combine(folder, "chat.db"), []);
        File.SetUnixFileMode(Path.Combine(folder, "chat.db"), everybody);
        await using var own = new OwnStore(folder);
        await own.InitializeAsync();

        var files = Directory.GetFiles(folder).ToDictionary(file => Path.GetFileName(file), File.GetUnixFileMode);

        Assert.Superset(new HashSet<string>(["chat.db", "chat.db-wal", "chat.db-shm", "chat.lock"]), files.Keys.ToHashSet());
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.Value));
    }

    [Fact]
    public async Task After_a_stop_the_database_file_alone_is_the_whole_database()
    {
        var (folder, copy) = (
            Directory.CreateTempSubdirectory("chat-folder-").FullName,
            Directory.CreateTempSubdirectory("chat-folder-").FullName
        );
        ConversationId id;
        await using (var first = new OwnStore(folder))
        {
            await first.InitializeAsync();
            await using var scene = await LogScene.CreateAsync(first);
            id = await scene.OpenAsync();
            // A reader stays connected in its pool.
            await scene.PageAsync(id);
        }
        File.Copy(Path.Combine(folder, "chat.db"), Path.Combine(copy, "chat.db"));

        await using var second = new OwnStore(copy);
        await second.InitializeAsync();

        Assert.Single((await second.Log.ReadHistoryAsync(id, null, null, 10, None)).Events);
    }

    [Theory]
    [InlineData("chat.db", false)]
    [InlineData("chat.db-wal", false)]
    [InlineData("chat.db", true)]
    [InlineData("chat.db-wal", true)]
    public async Task Files_deleted_or_replaced_under_a_running_node_end_every_acknowledgement_until_they_are_back(
        string file,
        bool isReplaced
    )
    {
        var folder = Directory.CreateTempSubdirectory("chat-folder-").FullName;
        await using var own = new OwnStore(folder);
        await own.InitializeAsync();
        await using var scene = await LogScene.CreateAsync(own);
        var id = await scene.OpenAsync();
        await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor));
        var (path, aside) = (Path.Combine(folder, file), Path.Combine(folder, "aside"));

        File.Move(path, aside);
        if (isReplaced)
            File.Copy(aside, path);
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => scene.AppendOneAsync(LogScene.Message(id, scene.Visitor)));
        await Assert.ThrowsAsync<StoreRefusedException>(() => own.Log.ReadEpochAsync(None));
        File.Move(aside, path, overwrite: true);

        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Equal(AppendStatus.Appended, (await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor))).Status);
    }

    [Fact]
    public async Task Every_commit_is_synced()
    {
        var (journal, synchronous, foreignKeys) = await store.Database.WriteAsync(
            async transaction =>
            {
                var connection = transaction.Connection!;
                return (
                    await connection.ExecuteScalarAsync<string>("PRAGMA journal_mode", null, transaction),
                    await connection.ExecuteScalarAsync<int>("PRAGMA synchronous", null, transaction),
                    await connection.ExecuteScalarAsync<int>("PRAGMA foreign_keys", null, transaction)
                );
            },
            None
        );

        const int full = 2;
        Assert.Equal(("wal", full, 1), (journal, synchronous, foreignKeys));
    }

    [Fact]
    public async Task Reads_cannot_write()
    {
        await Assert.ThrowsAnyAsync<Exception>(() =>
            store.Database.ReadAsync(connection => connection.ExecuteAsync("UPDATE log_state SET epoch = 99"), None)
        );

        Assert.NotEqual(99, await store.Log.ReadEpochAsync(None));
    }

    [Fact]
    public async Task A_write_that_waits_for_something_else_still_runs_alone()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var order = new List<int>();
        var first = store.Database.WriteAsync(
            async _ =>
            {
                entered.SetResult();
                await gate.Task;
                order.Add(1);
                return 0;
            },
            None
        );
        await entered.Task;
        var second = store.Database.WriteAsync(
            _ =>
            {
                order.Add(2);
                return Task.FromResult(0);
            },
            None
        );

        gate.SetResult();
        await Task.WhenAll(first, second).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal([1, 2], order);
    }

    private sealed class OwnStore(string folder) : LogStore
    {
        protected override Task<Dictionary<string, string?>> SettingsAsync() => Task.FromResult(SqliteLogStore.Settings(folder));
    }
}
