using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// Whose client this is: the device, a visitor's session, and the account that the storage belongs to. What was written as one identified person is neither
/// shown to another nor sent as theirs.
/// </summary>
internal sealed class Account(ChatModel model)
{
    // The operator whose storage it is; a visitor's session says it.
    private Guid? _owner;

    public Store<VisitorSessionState> SessionState { get; } = new(new VisitorSessionState(null, false));

    public Guid DeviceId { get; private set; }

    public SavedSession? Session { get; private set; }

    public SavedDevice? PushDevice { get; private set; }

    /// <summary>Refresh tokens of sessions that have ended, which the server has not heard: it wakes their device until then.</summary>
    public IReadOnlyList<string> Farewells { get; private set; } = [];

    public void Restore(Restored stored)
    {
        (DeviceId, Session, PushDevice, _owner) = (stored.DeviceId, stored.Session, stored.PushDevice, stored.Owner);
        Farewells = stored.Farewells;
        ShowSession();
    }

    /// <summary>Nobody's. Under the gate.</summary>
    public void Clear()
    {
        (DeviceId, Session, PushDevice, Farewells, _owner) = (Guid.NewGuid(), null, null, [], null);
        ShowSession();
    }

    /// <summary>
    /// Stored first: the use of a refresh token ends the one before it, which must not be the only one that is stored. What could not be stored has not happened.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="life">The model's when it was asked for; null: now.</param>
    /// <exception cref="OperationCanceledException">There was a logout meanwhile.</exception>
    public async Task SetSessionAsync(SavedSession session, int? life = null)
    {
        Task stored;
        lock (model.Gate)
        {
            life ??= model.Life;
            ThrowIfOver(life);
            List<StorageChange> changes = [Saved.Put(Saved.Device, DeviceId), Saved.Put(Saved.Session, session)];
            if (EndedBy(session) is { } before)
                changes.AddRange([
                    .. model.Erased(),
                    Saved.Put<IReadOnlyList<string>>(Saved.Farewells, [.. Farewells, before.RefreshToken]),
                ]);
            stored = model.StoreAsync(changes, durable: true, isKept: false);
        }
        await stored;
        lock (model.Gate)
        {
            ThrowIfOver(life);
            // Once more, with what has come since.
            if (EndedBy(session) is { } before)
                _ = model.StoreAsync([.. model.Forget(), SetFarewells([.. Farewells, before.RefreshToken])], durable: false);
            Session = session;
            model.Outbox.Own();
            ShowSession();
        }
    }

    /// <summary>Fails when the session is not, or no longer, this visitor's. Under the gate.</summary>
    public void ThrowIfNot(VisitorId visitor)
    {
        if (Session?.VisitorId != visitor)
            throw LoggedOut();
    }

    public Task SetPushDeviceAsync(SavedDevice? device)
    {
        lock (model.Gate)
        {
            PushDevice = device;
            return model.StoreAsync([device is null ? Saved.Gone(Saved.Push) : Saved.Put(Saved.Push, device)], durable: true);
        }
    }

    /// <summary>The server is to hear of these later, and has heard of those.</summary>
    public Task SetFarewellsAsync(IEnumerable<string> unheard, IEnumerable<string> heard)
    {
        lock (model.Gate)
            return model.StoreAsync([SetFarewells([.. Farewells.Except(heard).Union(unheard)])], durable: true);
    }

    /// <summary>Who the server says that this is. False: what was held was another operator's, and is forgotten.</summary>
    public bool SetMe(Me me)
    {
        lock (model.Gate)
        {
            var isOthers = model.Perspective.Side == Side.Operator && _owner is { } owner && owner != me.Id;
            if (model.Perspective.Side == Side.Operator && _owner != me.Id)
            {
                _owner = me.Id;
                _ = model.StoreAsync([Saved.Put(Saved.Owner, me.Id), .. isOthers ? model.Forget() : []], durable: false);
            }
            model.Outbox.Own();
            model.LookAs(Perspective.Of(model.Perspective.Side, me.Id, me.Name));
            return !isOthers;
        }
    }

    /// <summary>What was asked for before it is not for whoever comes after it.</summary>
    public static OperationCanceledException LoggedOut() => new("There was a logout meanwhile.");

    /// <summary>The session of another user in whose place this one comes; who was anonymous goes on in it.</summary>
    private SavedSession? EndedBy(SavedSession session) =>
        Session is { Identified: true } before && before.VisitorId != session.VisitorId ? before : null;

    private void ThrowIfOver(int? life)
    {
        if (life != model.Life)
            throw LoggedOut();
    }

    private StorageChange SetFarewells(IReadOnlyList<string> farewells)
    {
        Farewells = farewells;
        return farewells.Count == 0 ? Saved.Gone(Saved.Farewells) : Saved.Put(Saved.Farewells, farewells);
    }

    private void ShowSession() => SessionState.Set(new VisitorSessionState(Session?.VisitorId, Session?.Identified ?? false));
}
