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

    /// <summary>Stored first: the use of a refresh token ends the one before it, which must not be the only one that is stored.</summary>
    public async Task SetSessionAsync(SavedSession session)
    {
        List<StorageChange> changes = [Saved.Put(Saved.Device, DeviceId), Saved.Put(Saved.Session, session)];
        lock (model.Gate)
        {
            // Who was anonymous takes it along.
            if (Session is { Identified: true } before && before.VisitorId != session.VisitorId)
            {
                changes.AddRange(model.Forget());
                changes.Add(SetFarewells([.. Farewells, before.RefreshToken]));
            }
        }
        await model.StoreAsync(changes, durable: true);
        lock (model.Gate)
        {
            Session = session;
            ShowSession();
        }
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
            model.LookAs(Perspective.Of(model.Perspective.Side, me.Id, me.Name));
            return !isOthers;
        }
    }

    private StorageChange SetFarewells(IReadOnlyList<string> farewells)
    {
        Farewells = farewells;
        return farewells.Count == 0 ? Saved.Gone(Saved.Farewells) : Saved.Put(Saved.Farewells, farewells);
    }

    private void ShowSession() => SessionState.Set(new VisitorSessionState(Session?.VisitorId, Session?.Identified ?? false));
}
