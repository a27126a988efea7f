using System.Security.Cryptography;
using Chat.Client;

namespace Chat.Sample;

/// <summary>A visitor with one conversation.</summary>
internal static class VisitorChat
{
    public static async Task RunAsync(Uri url, string inbox, CancellationToken ended)
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        var folder = Path.Combine(data, "chat-sample", inbox);
        var options = new ChatClientOptions
        {
            Url = url,
            Inbox = inbox,
            Storage = new FileStorage(folder, await KeyAsync(folder)),
        };
        await using var client = new ChatClient(options);
        await client.StartAsync(ended);
        var known = client.Conversations.Value.Values.MaxBy(state => state.Conversation?.LastAt);
        var conversation = known?.Id ?? await client.OpenAsync(cancellationToken: ended);

        var screen = new Screen("Visitor");
        client.Connection.Changed += connection => screen.Show(connection);
        client.Conversations.Changed += all =>
        {
            if (!all.TryGetValue(client.Resolve(conversation), out var state))
                return;
            screen.Show(conversation: state);
            if (state.Unread > 0)
                client.Read(conversation);
        };
        screen.Show(client.Connection.Value, known);
        var drawing = screen.RunAsync(ended);
        var prompt = new Prompt(screen) { Typing = () => client.Typing(conversation) };
        while (await prompt.ReadAsync(ended) is { } line)
        {
            if (line == "/logout")
            {
                await client.LogoutAsync(ended);
                break;
            }
            if (line.Length > 0)
                await client.SendAsync(conversation, line, cancellationToken: ended);
        }
        screen.End();
        await drawing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // An app has the key in the platform's keychain; a sample has it beside the folder.
    private static async Task<byte[]> KeyAsync(string folder)
    {
        var file = folder + ".key";
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        if (!File.Exists(file))
            await File.WriteAllBytesAsync(file, RandomNumberGenerator.GetBytes(32));
        return await File.ReadAllBytesAsync(file);
    }
}
