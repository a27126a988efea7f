using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>Malformed bodies by the thousand: each is answered by a problem of the registry, and nothing of them stays.</summary>
public sealed class BadBodyTests(BadBodyTests.OpenScene scene, ITestOutputHelper output) : IClassFixture<BadBodyTests.OpenScene>
{
    private const int AtOnce = 8;

    /// <summary>Kestrel's and the pool's own, which come and go.</summary>
    private const int SpareDescriptors = 16;

    private static bool IsLong => Environment.GetEnvironmentVariable("CHAT_TEST_LONG") == "1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Malformed_bodies_get_problems_of_the_registry_and_nothing_of_them_stays()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var session = await scene.NewVisitorAsync();
        await using var socket = await scene.SocketAsync("visitor", session.Token);
        var conversation = await socket.OpenConversationAsync();
        string?[] tokens = [session.Token, scene.Seed.TokenOf(scene.Seed.Olga), null];
        var bodies = new BadBodies(new Random(seed), conversation.Value);
        var half = IsLong ? 10_000 : 400;

        // What is made once, and caches that fill, are there after the first ones.
        for (var round = 0; round < (IsLong ? 2 : 1); round++)
            await SendAsync(bodies, tokens, half);
        var (descriptors, memory) = (Descriptors(), Memory());
        await SendAsync(bodies, tokens, half);

        await scene.Bystanders.ChatAsync();
        Assert.True(scene.Node.IsRunning, scene.Node.Output);
        Assert.InRange(Descriptors(), 1, descriptors + SpareDescriptors);
        output.WriteLine($"Memory {memory} and {Memory()} kB");
        // Of few requests the memory tells nothing.
        if (IsLong)
            Assert.InRange(Memory(), 1, memory * 1.05);
    }

    private async Task SendAsync(BadBodies bodies, string?[] tokens, int count)
    {
        using var http = new HttpClient { BaseAddress = new Uri(scene.Node.BaseAddress, "api/v1/") };
        var calls = Enumerable.Range(0, count).Select(i => (Call: bodies.Next(), Token: tokens[i % tokens.Length])).ToList();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Token };
        await Parallel.ForEachAsync(calls, parallel, async (next, _) => await SendAsync(http, next.Call, next.Token));
    }

    private static async Task SendAsync(HttpClient http, (HttpMethod Method, string Path, HttpContent Content) call, string? token)
    {
        using var request = new HttpRequestMessage(call.Method, call.Path) { Content = call.Content };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request, Token);
        // What was spoilt may still be right.
        if (response.IsSuccessStatusCode)
            return;
        var what = $"{call.Method} {call.Path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Token)}";
        Assert.True(response.Content.Headers.ContentType?.MediaType == "application/problem+json", what);
        var problem = await response.Content.ReadFromJsonAsync(ChatJson.Wire.Problem, Token);
        Assert.True(ErrorCode.Find(problem!.Code) is { HttpStatus: < 500 }, what);
    }

    private int Descriptors() => Directory.GetFileSystemEntries($"/proc/{scene.Node.Id}/fd").Length;

    /// <summary>Resident, in kB.</summary>
    private long Memory()
    {
        var line = File.ReadLines($"/proc/{scene.Node.Id}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Whose node counts no calls, since each of them is to be looked at, and has a heap that fills early.</summary>
    public sealed class OpenScene : HubScene
    {
        protected override IReadOnlyDictionary<string, string?> Settings =>
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["DOTNET_GCHeapHardLimit"] = "0x6000000",
                ["RateLimits__CallsPerSecond"] = "1000000",
                ["RateLimits__CallsBurst"] = "1000000",
                ["RateLimits__ChangesPerSecond"] = "1000000",
                ["RateLimits__ChangesBurst"] = "1000000",
                ["Identity__PasswordsPerMinute"] = "0",
            };
    }
}
