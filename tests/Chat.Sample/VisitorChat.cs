using System.Security.Cryptography;
using Chat.Client;

namespace Chat.Sample;

/// <summary>A visitor with one conversation.</summary>
internal static class VisitorChat
{
    public static async Task RunAsync(Uri url, string inbox, CancellationToken ended)
    {
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "chat-sample", inbox);
        var options = new ChatClientOptions
        {
            Url = url,
            Inbox = inbox,
            Storage = new FileStorage(folder, await KeyAsync(folder)),
        };
        await using var client = new ChatClient(options);
        var screen = new Screen();
        client.Connection.Changed += Screen.Show;
        client.Conversations.Changed += all => all.Values.ToList().ForEach(screen.Show);
        await client.StartAsync(ended);
        var conversations = client.Conversations.Value;
        var conversation =
            conversations.Count > 0
                ? conversations.Values.MaxBy(state => state.Conversation?.LastAt)!.Id
                : await client.OpenAsync(cancellationToken: ended);
        while (await Lines.ReadAsync(ended) is { } line)
        {
            if (line == "/logout")
                await client.LogoutAsync(ended);
            else
                await client.SendAsync(conversation, line, cancellationToken: ended);
            client.Read(conversation);
        }
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
