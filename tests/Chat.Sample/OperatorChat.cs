using Chat.Client;
using Chat.Contracts;
using Spectre.Console;

namespace Chat.Sample;

/// <summary>An operator who answers the conversation that was active last.</summary>
internal static class OperatorChat
{
    public static async Task RunAsync(Uri url, string email, string password, CancellationToken ended)
    {
        var signIn = new SignIn { Email = email, Password = password };
        // Asked only when the session has ended: by then it is the password that holds.
        await using var client = new OperatorClient(new OperatorClientOptions { Url = url, Credentials = _ => Task.FromResult(signIn) });
        var session = await client.SignInAsync(signIn, ended);
        if (session.MustChangePassword)
        {
            var chosen = await AnsiConsole.PromptAsync(new TextPrompt<string>("New password").Secret(), ended);
            await client.SignInAsync(signIn with { NewPassword = chosen }, ended);
            signIn = signIn with { Password = chosen };
        }

        var screen = new Screen($"{session.Operator.Name}, operator");
        client.Connection.Changed += connection => screen.Show(connection);
        client.Conversations.Changed += _ =>
        {
            if (Newest(client) is not { } newest)
                return;
            screen.Show(conversation: newest);
            if (newest.Unread > 0)
                client.Read(newest.Id);
        };
        client.Rows.Changed += rows => rows.Keys.Except(client.Conversations.Value.Keys).ToList().ForEach(client.Open);
        await client.WatchAsync(cancellationToken: ended);
        screen.Show(client.Connection.Value);
        var drawing = screen.RunAsync(ended);
        var prompt = new Prompt(screen)
        {
            Typing = () =>
            {
                if (Newest(client) is { } newest)
                    client.Typing(newest.Id);
            },
        };
        while (await prompt.ReadAsync(ended) is { } line)
        {
            if (line.Length > 0 && Newest(client) is { } newest)
                await AnswerAsync(client, newest, line, ended);
        }
        screen.End();
        await drawing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static ConversationState? Newest(OperatorClient client) =>
        client.Conversations.Value.Values.MaxBy(state => state.Conversation?.LastAt);

    // Whoever answers takes it.
    private static async Task AnswerAsync(OperatorClient client, ConversationState conversation, string line, CancellationToken ended)
    {
        if (conversation.Status == ConversationStatus.Queued)
            await client.ClaimAsync(conversation.Id, ended);
        if (line == "/close")
            await client.SetStatusAsync(conversation.Id, ConversationStatus.Closed, cancellationToken: ended);
        else
            await client.SendAsync(conversation.Id, line, cancellationToken: ended);
    }
}
