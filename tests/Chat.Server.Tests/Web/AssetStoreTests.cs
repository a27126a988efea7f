using System.Text;
using Chat.Server.Storage;
using Chat.Server.Tests.Storage;
using Chat.Server.Web;
using Dapper;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Web;

/// <summary>Two versions of the screens on one database.</summary>
public abstract class AssetStoreTests(LogStore store) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chat-assets-");
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Each test has a clock of its own.
    public async ValueTask InitializeAsync() =>
        await store.Database.WriteAsync(t => t.Connection!.ExecuteAsync("DELETE FROM web_asset", transaction: t), Token);

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_file_of_one_version_is_found_by_the_other()
    {
        using var one = Version("one", "assets/widget/one.js");
        using var two = Version("two", "assets/widget/two.css");

        await one.KeepAsync(Token);
        await two.KeepAsync(Token);

        Assert.Equal("assets/widget/one.js", Text(await two.FindAsync("assets/widget/one.js", Token)));
        Assert.Equal("assets/widget/two.css", Text(await one.FindAsync("assets/widget/two.css", Token)));
    }

    [Fact]
    public async Task What_has_no_hash_in_its_name_or_is_no_file_of_the_screens_is_not_kept()
    {
        using var version = Version("three", "console.html");

        await version.KeepAsync(Token);

        foreach (
            var path in new[] { "console.html", "assets/none.js", "assets/no-type", "assets/\0.js", $"assets/{new string('a', 300)}.js" }
        )
            Assert.Null(await version.FindAsync(path, Token));
    }

    [Fact]
    public async Task A_version_is_forgotten_long_after_it_was_last_brought_there()
    {
        using var old = Version("four", "assets/four.js");
        using var current = Version("five", "assets/five.js");
        await old.KeepAsync(Token);
        _time.Advance(AssetStore.Life - TimeSpan.FromDays(1));
        await old.KeepAsync(Token);
        _time.Advance(TimeSpan.FromDays(2));

        await current.KeepAsync(Token);
        Assert.NotNull(await current.FindAsync("assets/four.js", Token));
        _time.Advance(AssetStore.Life);
        await current.KeepAsync(Token);

        Assert.Null(await current.FindAsync("assets/four.js", Token));
        Assert.NotNull(await old.FindAsync("assets/five.js", Token));
    }

    [Fact]
    public async Task The_version_that_served_until_now_is_kept_however_long_ago_it_was_brought()
    {
        using var old = Version("seven", "assets/seven.js");
        using var current = Version("eight", "assets/eight.js");
        await old.KeepAsync(Token);
        _time.Advance(2 * AssetStore.Life);

        await current.KeepAsync(Token);

        Assert.NotNull(await current.FindAsync("assets/seven.js", Token));
    }

    [Fact]
    public async Task What_is_there_is_found_however_often_it_is_asked_for_and_whatever_names_are_invented()
    {
        using var old = Version("six", "assets/six.js");
        using var current = Version("nine", "assets/nine.js");
        await old.KeepAsync(Token);
        await current.KeepAsync(Token);

        for (var i = 0; i < 400; i++)
            Assert.Null(await current.FindAsync($"assets/invented-{i}.js", Token));
        for (var i = 0; i < 400; i++)
            Assert.Equal("assets/six.js", Text(await current.FindAsync("assets/six.js", Token)));
    }

    [Fact]
    public async Task What_was_found_once_needs_the_database_no_more()
    {
        using var old = Version("ten", "assets/ten.js");
        using var current = Version("eleven", "assets/eleven.js");
        await old.KeepAsync(Token);
        var found = await current.FindAsync("assets/ten.js", Token);

        await store.Database.WriteAsync(t => t.Connection!.ExecuteAsync("DELETE FROM web_asset", transaction: t), Token);

        Assert.NotNull(found);
        Assert.Same(found, await current.FindAsync("assets/ten.js", Token));
    }

    [Fact]
    public async Task What_another_version_brings_while_this_one_serves_is_found_a_moment_later()
    {
        using var current = Version("twelve", "assets/twelve.js");
        using var next = Version("thirteen", "assets/thirteen.js");
        Assert.Null(await current.FindAsync("assets/thirteen.js", Token));
        await next.KeepAsync(Token);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotNull(await current.FindAsync("assets/thirteen.js", Token));
    }

    private AssetStore Version(string name, string path)
    {
        var file = new FileInfo(Path.Combine(_folder.FullName, name, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, path);
        File.WriteAllText(Path.Combine(_folder.FullName, name, ".built"), "");
        var options = Options.Create(new WebOptions { Folder = Path.Combine(_folder.FullName, name) });
        return new AssetStore(store.Database, new WebFiles(options), _time);
    }

    private static string? Text(WebFile? file) => file is null ? null : Encoding.UTF8.GetString(file.Content);
}

public sealed class PostgresAssetStoreTests(PostgresLogStore store) : AssetStoreTests(store), IClassFixture<PostgresLogStore>;

public sealed class SqliteAssetStoreTests(SqliteLogStore store) : AssetStoreTests(store), IClassFixture<SqliteLogStore>;
