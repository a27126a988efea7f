using Chat.Client;
using Spectre.Console;

namespace Chat.Sample;

/// <summary>An operator who answers the conversation that wrote last.</summary>
internal static class OperatorChat
{
    public static async Task RunAsync(Uri url, string email, string password, CancellationToken ended)
    {
        var signIn = new SignIn { Email = email, Password = password };
        var options = new OperatorClientOptions { Url = url, Credentials = _ => Task.FromResult(signIn) };
        await using var client = new OperatorClient(options);
        var session = await client.SignInAsync(signIn, ended);
        if (session.MustChangePassword)
        {
            signIn = signIn with { NewPassword = await AnsiConsole.PromptAsync(new TextPrompt<string>("New password").Secret(), ended) };
            await client.SignInAsync(signIn, ended);
            signIn = new SignIn { Email = email, Password = signIn.NewPassword };
        }
        var screen = new Screen();
        client.Connection.Changed += Screen.Show;
        client.Conversations.Changed += all => all.Values.ToList().ForEach(screen.Show);
        client.Rows.Changed += rows => rows.Keys.Except(client.Conversations.Value.Keys).ToList().ForEach(client.Open);
        await foreach (var me in client.Me.WatchAsync(ended))
        {
            if (me is null)
                continue;
            await client.WatchAsync(me.Inboxes, ended);
            break;
        }
        while (await Lines.ReadAsync(ended) is { } line)
        {
            if (client.Conversations.Value.Values.MaxBy(state => state.Conversation?.LastAt) is { } newest)
                await client.SendAsync(newest.Id, line, cancellationToken: ended);
        }
    }
}
