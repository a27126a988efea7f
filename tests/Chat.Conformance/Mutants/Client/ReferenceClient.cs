using System.Text.Json;
using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>Where the client is and who uses it.</summary>
internal sealed record ClientSettings(Uri Url, string Folder)
{
    public string Inbox { get; init; } = "";

    /// <summary>A token of the host site, for a visitor whom it knows.</summary>
    public string? Identity { get; init; }

    /// <summary>Of an operator; null: it is a visitor's client.</summary>
    public string? Email { get; init; }

    public string Password { get; init; } = "";
}

/// <summary>
/// A second client of Chat beside the product's, for authors of clients to read: all of "What a client must do" of PROTOCOL.md and nothing else. It is correct,
/// but for the one <see cref="Defect"/> that its process was started with.
/// </summary>
internal sealed class ReferenceClient : IListener, IAsyncDisposable
{
    private readonly Storage _storage;
    private readonly Rest _rest;
    private readonly Tokens _tokens;
    private readonly Syncer _syncer;

    /// <summary>For which the Hello had no room.</summary>
    private IReadOnlyList<ConversationId> _notNamed = [];

    public ReferenceClient(ClientSettings settings)
    {
        Model = new Model(settings.Email is null ? Side.Visitor : Side.Operator);
        _storage = new Storage(settings.Folder, Model.Save);
        _rest = new Rest(settings.Url);
        _tokens = settings.Email is { } email
            ? new OperatorTokens(_rest, email, settings.Password)
            : new VisitorTokens(_rest, Model, _storage, settings.Inbox, settings.Identity);
        Connection = new Connection(_tokens, Model.Changed)
        {
            ConnectAsync = new LinkMaker(settings.Url, Model, _rest, _tokens, this).ConnectAsync,
            GreetAsync = GreetAsync,
            Arrived = Arrive,
            Lost = Lose,
        };
        _syncer = new Syncer(Model, () => Connection.Link) { Apply = Hear };
        Marks = new MarkSender(Model, _storage, () => Connection.Link);
        Outbox = new Outbox(Model, _storage, () => Connection.Link) { Apply = Hear, ApplyPage = Hear };
        Desk = new Desk(Model, Connection, Hear);
    }

    public Model Model { get; }

    public Connection Connection { get; }

    public Outbox Outbox { get; }

    public MarkSender Marks { get; }

    public Desk Desk { get; }

    public async Task StartAsync()
    {
        if (await _storage.LoadAsync() is { } saved)
            Model.Restore(saved);
        Connection.Start();
    }

    public async Task IdentifyAsync(string token)
    {
        if (!Mutant.Has(Defect.IdentifyNotSent))
            await ((VisitorTokens)_tokens).IdentifyAsync(token);
        // The socket still speaks for who it was before.
        Connection.Renew();
    }

    /// <summary>Ends the session and leaves nothing behind.</summary>
    public async Task LogOutAsync()
    {
        await Connection.StopAsync();
        try
        {
            await _tokens.EndAsync();
        }
        catch (Exception e) when (e is Refusal or NoAnswer)
        {
            // Whatever the server knows of it: here it is over.
        }
        _tokens.Forget();
        await _storage.WipeAsync();
        Model.Clear();
        Model.Changed.Raise();
    }

    /// <summary>The chat can be seen again, or not any more.</summary>
    public void SetVisible(bool isVisible)
    {
        Marks.IsVisible = isVisible;
        if (!isVisible)
            return;
        _syncer.WantNow(Model.Cursors().Select(cursor => cursor.ConversationId));
        Marks.Everywhere();
    }

    /// <summary>Adds a page of what is before the first event held.</summary>
    /// <returns>Whether there is more.</returns>
    public async Task<bool> LoadOlderAsync(Held held)
    {
        if (!held.Log.HasOlder || Mutant.Has(Defect.HistoryNotLoaded))
            return false;
        var page = await Connection.CallAsync<HistoryResult>(
            "History",
            () =>
                new HistoryQuery(held.Id, Mutant.Has(Defect.HistoryWithoutBound) ? held.Log.Seq + 1 : held.Log.First, null, Limits.SyncPage)
        );
        held.Log.ApplyOlder(page);
        Change();
        return held.Log.HasOlder;
    }

    public void Hear(string target, JsonElement push)
    {
        switch (target)
        {
            case Push.Event:
                Hear(ClientJson.Read<ChatEvent>(push));
                break;
            case Push.Skip:
                var (id, epoch, seq) = ClientJson.Read<Skip>(push);
                Hear(
                    new ChatEvent
                    {
                        ConversationId = id,
                        Epoch = epoch,
                        Seq = seq,
                        Type = EventType.Skip,
                    }
                );
                break;
            case Push.Cursor:
                Hear(ClientJson.Read<CursorMoved>(push));
                break;
            case Push.Ephemeral:
                var notice = ClientJson.Read<Ephemeral>(push);
                Model.FindOrExpect(notice.ConversationId).Take(notice);
                Model.Changed.Raise();
                break;
            case Push.Inbox:
                Desk.Rows.Apply(ClientJson.Read<InboxChange>(push));
                Model.Changed.Raise();
                break;
            case Push.Resync:
                Hear(ClientJson.Read<Resync>(push));
                break;
            case Push.GoAway:
                Connection.GoAway(ClientJson.Read<GoAway>(push).Reason);
                break;
            default:
                if (Mutant.Has(Defect.UnknownPushFails))
                    throw new InvalidOperationException($"There is no push {target}.");
                break;
        }
    }

    public void Hear(ChatEvent e)
    {
        // A visitor hears of all the visitor's conversations, an operator of those that are followed.
        if (Model.Find(e.ConversationId) is null && (Model.Side == Side.Operator || Mutant.Has(Defect.NewConversationsIgnored)))
            return;
        if (Mutant.Has(Defect.OneConversationOnly) && Model.All.Count > 0 && Model.All.First().Id != e.ConversationId)
            return;
        var held = Model.Hold(e.ConversationId);
        held.Log.Apply(e);
        Digest(held);
        if (held.Log.HasHole)
            _syncer.WantSoon(held);
    }

    public void Hear(ConversationPage page)
    {
        if (Model.Find(page.Conversation.Id) is null && Mutant.Has(Defect.NewConversationsIgnored))
            return;
        var held = Model.Hold(page.Conversation.Id);
        held.Apply(page, cursor => Model.IsOwn(cursor.Side, cursor.OperatorId), Model.Side);
        if (page.Reset && Mutant.Has(Defect.ResetDropsOutbox))
            Model.Items.RemoveAll(item => item.Conversation == held.Id);
        Digest(held);
        Marks.Touch(held);
        // There was no room for the rest, or this is not the page that was asked for.
        if (held.Log.Epoch == page.Epoch && held.Log.Seq < page.Seq && !Mutant.Has(Defect.HasMoreIgnored))
            _syncer.WantNow([held.Id]);
        else if (held.Log.HasHole)
            _syncer.WantSoon(held);
    }

    public IReadOnlyList<Cursor> Cursors() => Model.Cursors();

    public async ValueTask DisposeAsync()
    {
        await Connection.StopAsync();
        Connection.Dispose();
        _tokens.Dispose();
        _rest.Dispose();
    }

    private async Task GreetAsync(ILink link)
    {
        var cursors = Cursors();
        var named = Mutant.Has(Defect.TooManyCursors) ? cursors.Count : Limits.Cursors;
        if (Model.Side == Side.Operator && Mutant.Has(Defect.NotFollowedAgain))
            named = 0;
        var hello = new Hello(ProtocolVersion.Current, Model.DeviceId, "reference", Cursors: [.. cursors.Take(named)]);
        var answer = await link.CallAsync<HelloResult>("Hello", hello);
        Model.Me = answer.You.Id;
        _notNamed =
            Model.Side == Side.Visitor && !Mutant.Has(Defect.CursorsWithoutRoomForgotten)
                ? [.. cursors.Skip(named).Select(cursor => cursor.ConversationId)]
                : [];
        foreach (var page in answer.Conversations)
            Hear(page);
        if (Model.Side == Side.Operator)
            await Desk.GreetAsync(link, answer.You, Mutant.Has(Defect.NotFollowedAgain) ? [] : cursors.Skip(named));
    }

    private void Arrive()
    {
        _syncer.WantNow(Model.All.Where(held => held.Log.HasHole).Select(held => held.Id).Concat(_notNamed));
        Marks.Everywhere();
        Outbox.Wake();
    }

    private void Lose()
    {
        _syncer.Forget();
        foreach (var held in Model.All)
            held.ForgetEphemerals();
        Model.Changed.Raise();
    }

    private void Hear(CursorMoved moved)
    {
        if (Mutant.Has(Defect.CursorPushesIgnored))
            return;
        var isOwn = Model.IsOwn(moved.Side, moved.OperatorId);
        if (isOwn)
            Desk.Rows.Move(moved);
        Model
            .Find(moved.ConversationId)
            ?.Move(new SideCursor(moved.Side, moved.OperatorId, moved.DeliveredSeq, moved.ReadSeq), isOwn, Model.Side);
        Change();
    }

    private void Hear(Resync push)
    {
        if (Mutant.Has(push.ConversationId is null ? Defect.ResyncOfAllIgnored : Defect.ResyncOfOneIgnored))
            return;
        if (push.ConversationId is { } id)
        {
            // Of a visitor's it may be one that another device has opened.
            if (Model.Side == Side.Visitor && !Mutant.Has(Defect.OpenedElsewhereIgnored))
                Model.Hold(id);
            _syncer.WantNow([id]);
        }
        else if (Connection.Link is { } link)
            _ = GreetAgainAsync(link);
    }

    private async Task GreetAgainAsync(ILink link)
    {
        try
        {
            await GreetAsync(link);
        }
        catch (Exception e) when (e is Refusal or NoAnswer)
        {
            // The next link begins with it.
            link.Close();
        }
    }

    private void Digest(Held held)
    {
        var fresh = held.Log.TakeFresh();
        foreach (var e in fresh)
            held.Note(e);
        if (fresh.Any(Model.IsOthersMessage))
            Marks.Touch(held);
        Change();
    }

    private void Change()
    {
        _ = _storage.SaveAsync();
        Model.Changed.Raise();
    }
}
