using Chat.Client.Tests.Package;
using Chat.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Chat.Client.Tests.Life;

/// <summary>An app's own tests and services.</summary>
public sealed class FakeTests
{
    [Fact]
    public async Task A_view_model_is_tested_with_a_fake_whose_stores_the_test_sets()
    {
        await using var chat = new FakeChat();
        var banner = new Banner(chat);
        Assert.Equal("Online", banner.Text);

        chat.State.Replace(new ConnectionState(ConnectionStatus.Offline, Reason: "network"));

        await banner.Said("Offline: network").WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal("key", await ((ChatClient)chat).SendAsync(Pages.Id, "Hello"));
    }

    [Fact]
    public async Task The_fake_of_the_readme_is_this_one()
    {
        var readme = await File.ReadAllTextAsync(Workshop.InRepository("src", "Chat.Client", "README.md"));
        var code = await File.ReadAllTextAsync(Workshop.InRepository("tests", "Chat.Client.Tests", "Life", "FakeChat.cs"));

        Assert.Contains(code[code.IndexOf("internal sealed class", StringComparison.Ordinal)..], readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bot_of_the_readme_is_the_one_that_is_tested()
    {
        var readme = await File.ReadAllTextAsync(Workshop.InRepository("src", "Chat.Client", "README.md"));
        var program = await File.ReadAllTextAsync(Workshop.InRepository("tests", "Chat.Bot", "Program.cs"));

        Assert.Contains($"```csharp\n{program}```", readme, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Services_have_one_client_which_the_container_disposes_of(bool atOnce)
    {
        var services = new ServiceCollection();
        services.AddChatClient(_ => new ChatClientOptions { Url = new Uri("http://chat.example"), Inbox = "demo" });
        services.AddOperatorClient(_ => new OperatorClientOptions { Url = new Uri("http://chat.example") });
        var provider = services.BuildServiceProvider();

        var (client, desk) = (provider.GetRequiredService<ChatClient>(), provider.GetRequiredService<OperatorClient>());
        Assert.Same(client, provider.GetRequiredService<ChatClient>());
        if (atOnce)
            ((IDisposable)provider).Dispose();
        else
            await provider.DisposeAsync();
        // What was begun is waited for.
        await client.DisposeAsync();
        await desk.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.OpenAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => desk.StartAsync());
    }

    private sealed class Banner
    {
        private readonly TaskCompletionSource<string> _said = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Banner(ChatClient chat)
        {
            Text = TextOf(chat.Connection.Value);
            chat.Connection.Changed += state => _said.TrySetResult(Text = TextOf(state));
        }

        public string Text { get; private set; }

        public async Task Said(string text) => Assert.Equal(text, await _said.Task);

        private static string TextOf(ConnectionState state) =>
            state.Reason is null ? state.Status.ToString() : $"{state.Status}: {state.Reason}";
    }
}
