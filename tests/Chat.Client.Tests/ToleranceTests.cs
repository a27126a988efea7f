using System.Text.Json;
using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests;

public sealed class ToleranceTests
{
    [Fact]
    public void An_event_of_a_type_of_tomorrow_keeps_its_place_and_shows_nothing()
    {
        const string text = """
            {"conversationId":"0193a1b2-0000-7000-8000-000000000002","epoch":1,"seq":4,"type":"reaction",
             "actor":{"kind":"robot"},"at":"2026-11-30T09:15:00.250Z","data":{"emoji":"x"}}
            """;

        var read = JsonSerializer.Deserialize(text, ClientJson.Info<ChatEvent>())!;

        Assert.Equal((EventType.Skip, 4), (read.Type, read.Seq));
    }

    [Theory]
    [InlineData("An unexpected error occurred invoking 'Send' on the server. HubException: stale_view", "stale_view")]
    [InlineData("rate_limited", "rate_limited")]
    [InlineData("Failed to invoke 'Send' due to an error on the server.", null)]
    [InlineData("The connection was closed (1006)", null)]
    public void A_refusals_code_is_the_word_at_the_end(string message, string? code) =>
        Assert.Equal(code, Codes.OfRefusal(new InvalidOperationException(message)));

    [Fact]
    public void Pauses_grow_to_their_cap_and_never_over_it()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30));
        var longest = Enumerable.Range(0, 400).Select(_ => backoff.Next()).Max();

        Assert.InRange(longest, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(30));
        backoff.Reset();
        Assert.InRange(backoff.Next(), TimeSpan.Zero, TimeSpan.FromSeconds(0.5));
    }
}
