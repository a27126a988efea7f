using Chat.Client;
using Chat.Contracts;

var signIn = new SignIn
{
    Email = Environment.GetEnvironmentVariable("BOT_EMAIL"),
    Password = Environment.GetEnvironmentVariable("BOT_PASSWORD"),
};
await using var bot = new OperatorClient(
    new OperatorClientOptions
    {
        Url = new Uri(Environment.GetEnvironmentVariable("CHAT_URL") ?? "https://chat.example"),
        Credentials = _ => Task.FromResult(signIn),
        RowsPerInbox = int.MaxValue,
    }
);
await bot.StartAsync(); // throws what can never succeed, such as a wrong password

// Follows who waits for an answer, the longest waiting first, unless a colleague has the conversation.
bot.Rows.Changed += rows =>
{
    foreach (var row in rows.Values.Where(row => row.WaitingSince is not null))
    {
        if (row.Assignee is null || row.Assignee.Id.Value == bot.Me.Value?.Id)
            bot.Open(row.ConversationId);
    }
};
await bot.WatchAsync();

// What was not read yet, also by the process before this one. Ends with an exception when the client has ended for good.
await foreach (var e in bot.UnreadAsync())
{
    var text = e is { Type: EventType.Message, Actor.Kind: ActorKind.Visitor } ? e.Data?.Body ?? "" : "";
    if (text.Contains("parcel", StringComparison.OrdinalIgnoreCase) && await bot.TryClaimAsync(e.ConversationId))
    {
        const string answer = "Parcels arrive within three days. A colleague will look at yours.";
        await bot.SendAsync(e.ConversationId, answer, key: MessageKey.For(bot.Me.Value!, e)); // one answer to each event, whatever happens
    }
    bot.Read(e);
}
