using System.Text.Json;
using System.Text.RegularExpressions;
using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>What holds for all bad input: a code and nothing else, nothing stored, nothing logged, and nobody else notices.</summary>
public abstract partial class BadInput(HubScene scene)
{
    /// <summary>In every text that is sent; must not come out of the node's log.</summary>
    protected const string Secret = "s3cret-text-of-a-customer";

    protected HubScene Scene => scene;

    /// <summary>A call that is refused on a connection that stays.</summary>
    internal async Task RefusedAsync(ErrorCode code, RawSocket socket, Func<Task<Answer>> call)
    {
        var before = scene.Database.Count();

        var answer = await call();

        Assert.Equal(code.Code, answer.Error);
        Assert.Equal(before, scene.Database.Count());
        Assert.Null((await socket.CallAsync("Sync", new Sync([]))).Error);
        await NobodyNoticesAsync(socket);
    }

    /// <summary>Something after which the connection is closed with a reason.</summary>
    internal async Task ClosedAsync(DisconnectReason reason, RawSocket socket, Func<Task> work)
    {
        var before = scene.Database.Count();

        await work();
        var close = await socket.ClosedAsync();

        Assert.NotNull(close);
        Assert.Equal(reason.Code, close.Value.GetProperty("error").GetString());
        Assert.Equal(reason.Reconnect, close.Value.TryGetProperty("allowReconnect", out var allow) && allow.GetBoolean());
        Assert.Equal(before, scene.Database.Count());
        await NobodyNoticesAsync(socket);
    }

    internal async Task NobodyNoticesAsync(RawSocket? socket)
    {
        foreach (var frame in socket?.Received ?? [])
            AssertOnlyCodes(JsonDocument.Parse(frame).RootElement);
        await scene.Bystanders.ChatAsync();
        Assert.DoesNotContain(Secret, scene.Node.Output, StringComparison.Ordinal);
    }

    // Whatever is called an error is a word of a registry, behind what of the request it is about and why: both by names of the contract.
    private static void AssertOnlyCodes(JsonElement frame)
    {
        if (!frame.TryGetProperty("error", out var error))
            return;
        var text = error.GetString()!;
        var parts = Refusal().Match(text);
        Assert.True(parts.Success, text);
        var (reason, code) = (parts.Groups["reason"].Value, parts.Groups["code"].Value);
        Assert.True(ErrorCode.Find(code) is not null || DisconnectReason.All.Any(r => r.Code == code), text);
        Assert.True(reason.Length == 0 || FieldFault.Find(reason) is not null, text);
    }

    [GeneratedRegex(
        @"^(?<field>[A-Za-z]\w*(\[\d+\])?(\.[\w-]+(\[\d+\])?)*) (?<reason>[a-z_]+): (?<code>[a-z_]+)$|^(?<code>[a-z_]+)$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Refusal();
}
