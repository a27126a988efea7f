using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Contracts;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests;

public sealed class DirectoryTests
{
    // The directory is read every 15 s anyway; what comes by the bus comes within this, four times in a row.
    private static readonly TimeSpan ByTheBus = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_change_on_one_node_counts_on_the_other_as_soon_as_the_bus_has_said_so()
    {
        var postgres = await PostgresService.SharedAsync();
        var redis = await RedisService.SharedAsync();
        await using var cluster = await ChatCluster.StartAsync(
            await postgres.CreateDatabaseAsync(),
            redis.Configuration,
            settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["RateLimits__CallsBurst"] = "1000000" }
        );
        using var admin = await SignInAsync(await cluster.AddOperatorAsync("Ada", OperatorRole.Admin));
        var access = await cluster.AddOperatorAsync("Olga", inbox: ChatCluster.Inbox);
        using var olga = await SignInAsync(access);
        var inboxes = await admin.GetFromJsonAsync(At(0, "admin/inboxes"), ChatJson.Wire.InboxSettingsList);
        var other = inboxes!.Inboxes.Single(inbox => inbox.Key == ChatCluster.OtherInbox).Id;
        var me = (await olga.GetFromJsonAsync(At(1, "me"), ChatJson.Wire.Me))!;
        var membership = At(0, $"admin/inboxes/{other}/members/{me.Id}");

        for (var round = 0; round < 4; round++)
        {
            var isMember = round % 2 == 0;
            using var changed = isMember ? await admin.PutAsync(membership, null) : await admin.DeleteAsync(membership);
            changed.EnsureSuccessStatusCode();

            using var bound = new CancellationTokenSource(ByTheBus);
            InboxList? seen;
            do seen = await olga.GetFromJsonAsync(At(1, "inboxes"), ChatJson.Wire.InboxList, bound.Token);
            while (seen!.Inboxes.Any(inbox => inbox.Id == other) != isMember);
        }

        Uri At(int node, string path) => new(cluster.Nodes[node].BaseAddress, $"api/v1/{path}");
    }

    private static async Task<HttpClient> SignInAsync(OperatorAccess access)
    {
        var session = await access.SignInAsync();
        var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session.Token);
        return http;
    }
}
