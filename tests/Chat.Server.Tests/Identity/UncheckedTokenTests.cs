using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Microsoft.Data.Sqlite;

namespace Chat.Server.Tests.Identity;

/// <summary>A token that cannot be checked while the database is away was not refused.</summary>
public sealed class UncheckedTokenTests : IdentityTest
{
    [Fact]
    public async Task Its_bearer_is_told_to_try_again()
    {
        var (id, _) = await Server.AddOperatorAsync(OperatorRole.Admin);
        var profile = Server.Get<InboxDirectory>().FindOperator(id)!;
        // Minted after a change that this node has not heard of.
        var newer = profile with
        {
            SecurityStamp = Guid.NewGuid(),
        };
        var token = Server.Get<AccessTokens>().ForOperator(newer).Text;
        var folder = Settings["Storage:DataFolder"]!;

        Directory.Move(folder, folder + ".away");
        SqliteConnection.ClearAllPools();
        var away = await Server.GetAsync("/api/v1/mine", token);
        Directory.Move(folder + ".away", folder);
        SqliteConnection.ClearAllPools();

        Assert.Equal(ErrorCode.Unavailable.HttpStatus, (int)away.StatusCode);
        Assert.Equal(ErrorCode.Unavailable.Code, (string?)(await away.Content.ReadFromJsonAsync<JsonObject>())!["code"]);
        Assert.Equal(401, (int)(await Server.GetAsync("/api/v1/mine", token)).StatusCode);
        Assert.Equal(200, (int)(await Server.GetAsync("/api/v1/mine", Server.Get<AccessTokens>().ForOperator(profile).Text)).StatusCode);
    }

    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();
}
