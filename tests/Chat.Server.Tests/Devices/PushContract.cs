using Chat.Contracts;
using Chat.Server.Conversations.Changes;
using Chat.Server.Devices;
using Chat.Server.Storage;
using Chat.Server.Tests.Storage;
using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Devices;

/// <summary>Waking devices, from the message's commit to a real HTTP endpoint that does as it likes.</summary>
public abstract class PushContract(LogStore store) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly Guid _device = Guid.NewGuid();
    private PushReceiver _receiver = null!;
    private LogScene _scene = null!;
    private DeviceStore _devices = null!;
    private PushStore _pushes = null!;
    private WebhookPush _webhook = null!;
    private PushLoop _loop = null!;

    private static CancellationToken None => CancellationToken.None;

    public async ValueTask InitializeAsync()
    {
        _receiver = await PushReceiver.StartAsync();
        _scene = await LogScene.CreateAsync(store);
        (_devices, _pushes) = (new DeviceStore(store.Database, _time), new PushStore(store.Database, _time));
        Start(timeoutSeconds: 30);
        await _devices.RegisterAsync(_scene.Inbox, _scene.VisitorId, _device, new RegisterDevice("fcm", _device.ToString()), None);
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        // The database is that of all tests of the class, and so would be what is left in its queue.
        await _devices.RemoveAsync(_scene.VisitorId, _device, None);
        await _scene.DisposeAsync();
        await _receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Messages_of_a_conversation_wake_a_device_once_and_say_what_is_new()
    {
        var id = await SayAsync("One", "Two");

        await SendAsync(TimeSpan.FromSeconds(6));
        await SendAsync(TimeSpan.FromSeconds(6));

        var (_, notice) = Assert.Single(_receiver.Received);
        Assert.Equal((id, 3, 2, "Two", "Anna"), (notice.ConversationId, notice.Seq, notice.Unread, notice.Text, notice.From));
        Assert.Equal(new PushDevice(_device, "fcm", _device.ToString()), notice.Device);
    }

    [Fact]
    public async Task What_the_visitor_wrote_staff_wrote_for_itself_or_somebody_read_wakes_nobody()
    {
        var id = await _scene.OpenAsync();
        await _scene.AppendAsync(LogScene.Message(id, _scene.Visitor), LogScene.Message(id, _scene.Anna, type: EventType.Note));
        var read = await SayAsync("Read on another device");
        await store.Log.MoveCursorsAsync([new CursorMove(read, Side.Visitor, null, 0, 2) { DeviceId = Guid.NewGuid() }], None);

        await SendAsync(TimeSpan.FromSeconds(6));

        Assert.Empty(_receiver.Received);
    }

    [Fact]
    public async Task What_a_device_has_is_pushed_to_the_visitors_other_devices_only()
    {
        var tablet = Guid.NewGuid();
        await _devices.RegisterAsync(_scene.Inbox, _scene.VisitorId, tablet, new RegisterDevice("apns", tablet.ToString()), None);
        var id = await SayAsync("One", "Two");
        await HasAsync(id, _device, seq: 2);
        await HasAsync(id, tablet, seq: 3);
        await HasAsync(id, tablet, seq: 3);

        await SendAsync(TimeSpan.FromSeconds(6));

        var (_, notice) = Assert.Single(_receiver.Received);
        Assert.Equal((_device, 3), (notice.Device.DeviceId, notice.Seq));
    }

    [Fact]
    public async Task A_device_that_another_one_was_ahead_of_is_not_woken_for_what_it_has()
    {
        var id = await SayAsync("One");
        await HasAsync(id, Guid.NewGuid(), seq: 2);
        await HasAsync(id, _device, seq: 2);

        await SendAsync(TimeSpan.FromSeconds(6));

        Assert.Empty(_receiver.Received);
    }

    [Fact]
    public async Task What_a_device_gets_between_two_attempts_is_not_tried_again()
    {
        _receiver.Answer = context => Status(context, 503);
        var id = await SayAsync("One");
        await SendAsync(TimeSpan.FromSeconds(6));
        await HasAsync(id, _device, seq: 2);
        await SendAsync(TimeSpan.FromHours(2));
        Assert.Single(_receiver.Received);

        await _scene.AppendOneAsync(LogScene.Message(id, _scene.Anna, "Two"));
        await SendAsync(TimeSpan.FromSeconds(6));

        Assert.Equal([2, 3], _receiver.Received.Select(r => r.Notice.Seq));
    }

    [Fact]
    public async Task A_failed_push_is_tried_again_under_the_same_id_with_growing_pauses()
    {
        _receiver.Answer = context => Status(context, 503);
        await SayAsync("One");
        await SendAsync(TimeSpan.FromSeconds(6));
        await SendAsync(TimeSpan.FromSeconds(4));
        Assert.Single(_receiver.Received);
        await SendAsync(TimeSpan.FromSeconds(3));
        await SendAsync(TimeSpan.FromSeconds(7));
        Assert.Equal(2, _receiver.Received.Count);

        _receiver.Answer = _ => Task.CompletedTask;
        await SendAsync(TimeSpan.FromSeconds(12));
        await SendAsync(TimeSpan.FromHours(2));

        Assert.Equal(3, _receiver.Received.Count);
        Assert.Single(_receiver.Received.Select(r => r.Id).Distinct());
    }

    [Fact]
    public async Task An_endpoint_that_stalls_is_not_waited_for_longer_than_agreed()
    {
        Stop();
        Start(timeoutSeconds: 1);
        var stalled = new TaskCompletionSource();
        _receiver.Answer = _ => stalled.Task;
        await SayAsync("One");

        await SendAsync(TimeSpan.FromSeconds(6)).WaitAsync(TimeSpan.FromSeconds(30));
        await SendAsync(TimeSpan.FromSeconds(7));
        stalled.SetResult();

        Assert.Equal(2, _receiver.Received.Count);
    }

    [Fact]
    public async Task An_endpoint_that_says_gone_ends_the_device()
    {
        _receiver.Answer = context => Status(context, 410);
        await SayAsync("One");
        await SendAsync(TimeSpan.FromSeconds(6));

        await SayAsync("Two");
        await SendAsync(TimeSpan.FromSeconds(6));

        Assert.Single(_receiver.Received);
        Assert.Equal(0, await CountAsync("device"));
        Assert.Equal(0, await CountAsync("push"));
    }

    [Fact]
    public async Task An_address_that_was_gone_when_the_device_had_another_already_ends_nothing()
    {
        _receiver.Answer = async context =>
        {
            await _devices.RegisterAsync(_scene.Inbox, _scene.VisitorId, _device, new RegisterDevice("fcm", $"{_device} anew"), None);
            await Status(context, 410);
        };
        await SayAsync("One");
        await SendAsync(TimeSpan.FromSeconds(6));

        _receiver.Answer = _ => Task.CompletedTask;
        await SendAsync(TimeSpan.FromSeconds(61));

        Assert.Equal($"{_device} anew", _receiver.Received[^1].Notice.Device.Token);
        Assert.Equal(2, _receiver.Received.Count);
    }

    [Fact]
    public async Task A_new_message_is_tried_for_as_long_as_any_however_long_an_older_one_has_failed()
    {
        _receiver.Answer = context => Status(context, 500);
        var id = await SayAsync("One");
        await store.Database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    "UPDATE push SET first_at = @then WHERE device_id = @_device",
                    new { then = _time.GetUtcNow().AddHours(-24), _device },
                    transaction
                ),
            None
        );

        await _scene.AppendOneAsync(LogScene.Message(id, _scene.Anna, "Two"));
        await SendAsync(TimeSpan.FromSeconds(6));
        Assert.DoesNotContain(await _pushes.ReadDeadAsync(None), push => push.DeviceId == _device);

        _receiver.Answer = _ => Task.CompletedTask;
        await SendAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("Two", _receiver.Received[^1].Notice.Text);
        Assert.Equal(2, _receiver.Received.Count);
    }

    [Fact]
    public async Task A_push_that_is_given_up_is_kept_to_be_seen_and_can_be_tried_again()
    {
        _receiver.Answer = context => Status(context, 500);
        var id = await SayAsync("One");
        for (var hour = 0; hour < 26; hour++)
            await SendAsync(TimeSpan.FromHours(1.3));
        var attempts = _receiver.Received.Count;

        var dead = Assert.Single(await _pushes.ReadDeadAsync(None), push => push.DeviceId == _device);
        Assert.Equal((id.Value, 2, attempts, "HTTP 500"), (dead.ConversationId, dead.Seq, dead.Attempts, dead.Error));
        _receiver.Answer = _ => Task.CompletedTask;
        await _pushes.ReviveAsync(None);
        await SendAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(attempts + 1, _receiver.Received.Count);
        Assert.Empty(await _pushes.ReadDeadAsync(None));
    }

    [Fact]
    public async Task What_comes_during_an_attempt_wakes_the_device_again()
    {
        var id = await SayAsync("One");
        _receiver.Answer = async _ => await _scene.AppendOneAsync(LogScene.Message(id, _scene.Anna, "Two"));
        await SendAsync(TimeSpan.FromSeconds(6));
        _receiver.Answer = _ => Task.CompletedTask;
        await SendAsync(TimeSpan.FromSeconds(1));

        Assert.Equal([2, 3], _receiver.Received.Select(r => r.Notice.Seq));
    }

    [Fact]
    public async Task Deleted_messages_leave_the_newest_that_is_not_deleted_to_be_told()
    {
        var id = await SayAsync("One", "Two", "Three", "Four");
        await DeleteAsync(id, 3, 4, 5);
        await _scene.AppendOneAsync(LogScene.Message(id, _scene.Anna, "To colleagues", EventType.Note));

        await SendAsync(TimeSpan.FromSeconds(6));
        await SendAsync(TimeSpan.FromSeconds(6));

        var (_, notice) = Assert.Single(_receiver.Received);
        Assert.Equal((2, 1, "One"), (notice.Seq, notice.Unread, notice.Text));
    }

    [Fact]
    public async Task An_older_message_that_is_deleted_changes_nothing_but_the_number()
    {
        var id = await SayAsync("One", "Two");
        await DeleteAsync(id, 2);

        await SendAsync(TimeSpan.FromSeconds(6));

        var (_, notice) = Assert.Single(_receiver.Received);
        Assert.Equal((3, 1, "Two"), (notice.Seq, notice.Unread, notice.Text));
    }

    [Fact]
    public async Task Nothing_that_is_not_deleted_wakes_nobody()
    {
        var id = await SayAsync("One", "Two");
        await DeleteAsync(id, 2, 3);

        await SendAsync(TimeSpan.FromSeconds(6));

        Assert.Empty(_receiver.Received);
        Assert.Equal(0, await CountAsync("push"));
    }

    [Fact]
    public async Task A_deletion_brings_back_nothing_that_a_device_has_got()
    {
        var tablet = Guid.NewGuid();
        await _devices.RegisterAsync(_scene.Inbox, _scene.VisitorId, tablet, new RegisterDevice("apns", tablet.ToString()), None);
        var id = await SayAsync("One", "Two");
        await HasAsync(id, _device, seq: 2);
        await DeleteAsync(id, 3);

        await SendAsync(TimeSpan.FromSeconds(6));

        var (_, notice) = Assert.Single(_receiver.Received);
        Assert.Equal((tablet, 2, "One"), (notice.Device.DeviceId, notice.Seq, notice.Text));
    }

    [Fact]
    public async Task A_deletion_brings_back_nothing_that_was_pushed_or_read()
    {
        var pushed = await SayAsync("One");
        await SendAsync(TimeSpan.FromSeconds(6));
        await _scene.AppendOneAsync(LogScene.Message(pushed, _scene.Anna, "Two"));
        await DeleteAsync(pushed, 3);
        var read = await SayAsync("One", "Two");
        await store.Log.MoveCursorsAsync([new CursorMove(read, Side.Visitor, null, 2, 2)], None);
        await DeleteAsync(read, 3);

        await SendAsync(TimeSpan.FromSeconds(6));

        Assert.Equal([pushed], _receiver.Received.Select(r => r.Notice.ConversationId));
    }

    [Fact]
    public async Task What_is_deleted_between_two_attempts_gives_way_to_what_is_left_under_another_id()
    {
        _receiver.Answer = context => Status(context, 503);
        var id = await SayAsync("One", "Two");
        await SendAsync(TimeSpan.FromSeconds(6));
        await DeleteAsync(id, 3);
        _receiver.Answer = _ => Task.CompletedTask;
        await SendAsync(TimeSpan.FromMinutes(1));
        await SendAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["Two", "One"], _receiver.Received.Select(r => r.Notice.Text));
        Assert.Equal(2, _receiver.Received.Select(r => r.Id).Distinct().Count());
    }

    [Fact]
    public async Task What_was_pushed_is_not_brought_back_by_a_deletion_during_its_attempt()
    {
        var id = await SayAsync("One");
        _receiver.Answer = async _ =>
        {
            await _scene.AppendOneAsync(LogScene.Message(id, _scene.Anna, "Two"));
            await DeleteAsync(id, 3);
        };
        await SendAsync(TimeSpan.FromSeconds(6));
        _receiver.Answer = _ => Task.CompletedTask;
        await SendAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("One", Assert.Single(_receiver.Received).Notice.Text);
    }

    [Fact]
    public async Task A_push_says_what_the_message_says_when_it_is_sent()
    {
        var id = await SayAsync("One", "Tow");
        await _scene.ChangeAsync(EditChange.Of(id, Guid.NewGuid(), _scene.Anna, 3, "Two"));

        await SendAsync(TimeSpan.FromSeconds(6));

        Assert.Equal("Two", Assert.Single(_receiver.Received).Notice.Text);
    }

    [Fact]
    public async Task An_address_belongs_to_whoever_registered_it_last()
    {
        var other = new VisitorId(Guid.CreateVersion7());
        await _devices.RegisterAsync(_scene.Inbox, other, Guid.NewGuid(), new RegisterDevice("fcm", _device.ToString()), None);
        await SayAsync("Not for him who has the device now");

        await SendAsync(TimeSpan.FromSeconds(6));

        Assert.Empty(_receiver.Received);
    }

    [Fact]
    public async Task An_address_that_two_register_at_once_belongs_to_one_of_them()
    {
        for (var i = 0; i < 20; i++)
        {
            var address = $"{Guid.NewGuid()}";
            await Task.WhenAll(
                Enumerable
                    .Range(0, 4)
                    .Select(_ =>
                        _devices.RegisterAsync(
                            _scene.Inbox,
                            new VisitorId(Guid.CreateVersion7()),
                            Guid.NewGuid(),
                            new RegisterDevice("fcm", address),
                            None
                        )
                    )
            );

            var registered = await store.Database.ReadAsync(
                connection => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM device WHERE token = @address", new { address }),
                None
            );
            Assert.Equal(1, registered);
        }
    }

    [Fact]
    public async Task An_address_that_was_registered_without_an_inbox_belongs_to_whoever_registered_it_last_too()
    {
        // As nodes of the version before do it, and as the migration leaves a device whose visitor opens a conversation later.
        await store.Database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    "UPDATE device SET inbox_id = NULL WHERE device_id = @_device",
                    new { _device },
                    transaction
                ),
            None
        );
        await SayAsync("Still for them");
        var other = new VisitorId(Guid.CreateVersion7());
        await _devices.RegisterAsync(_scene.Inbox, other, Guid.NewGuid(), new RegisterDevice("fcm", _device.ToString()), None);
        await SayAsync("Not for whoever has the device now");

        await SendAsync(TimeSpan.FromSeconds(6));

        Assert.Empty(_receiver.Received);
    }

    [Fact]
    public async Task A_visitor_of_another_inbox_takes_no_address_away()
    {
        var (inbox, stranger) = (new InboxId(Guid.CreateVersion7()), new VisitorId(Guid.CreateVersion7()));
        await _devices.RegisterAsync(inbox, stranger, Guid.NewGuid(), new RegisterDevice("fcm", _device.ToString()), None);
        await SayAsync("Still for him");

        await SendAsync(TimeSpan.FromSeconds(6));

        Assert.Single(_receiver.Received);
    }

    [Fact]
    public async Task Two_nodes_make_one_attempt()
    {
        await SayAsync("One");
        Advance(TimeSpan.FromSeconds(6));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _loop.SendDueAsync(None)));

        Assert.Single(_receiver.Received);
    }

    private void Start(int timeoutSeconds)
    {
        var options = Options.Create(
            new PushOptions
            {
                Url = _receiver.Address,
                Secret = PushReceiver.Secret,
                TimeoutSeconds = timeoutSeconds,
            }
        );
        _webhook = new WebhookPush(options, _time);
        _loop = new PushLoop(_pushes, _devices, _webhook, options, _time, NullLogger<PushLoop>.Instance);
    }

    private void Stop()
    {
        _loop.Dispose();
        _webhook.Dispose();
    }

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private async Task<ConversationId> SayAsync(params string[] bodies)
    {
        var id = await _scene.OpenAsync();
        foreach (var body in bodies)
            await _scene.AppendOneAsync(LogScene.Message(id, _scene.Anna, body));
        return id;
    }

    private async Task DeleteAsync(ConversationId id, params int[] seqs)
    {
        foreach (var seq in seqs)
            await _scene.ChangeAsync(DeleteChange.Of(id, Guid.NewGuid(), _scene.Anna, seq, anyones: false));
    }

    private async Task SendAsync(TimeSpan later)
    {
        Advance(later);
        await _loop.SendDueAsync(None);
    }

    /// <summary>Messages have the real time, and a slow machine may have taken long to write them.</summary>
    private void Advance(TimeSpan later)
    {
        if (TimeProvider.System.GetUtcNow() is var now && now > _time.GetUtcNow())
            _time.SetUtcNow(now);
        _time.Advance(later);
    }

    private Task<IReadOnlyList<CursorMoved>> HasAsync(ConversationId id, Guid device, int seq) =>
        store.Log.MoveCursorsAsync([new CursorMove(id, Side.Visitor, null, seq, 0) { DeviceId = device }], None);

    private Task<long> CountAsync(string table) =>
        store.Database.ReadAsync(
            connection => connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table} WHERE device_id = @_device", new { _device }),
            None
        );
}

public sealed class PostgresPushTests(PostgresLogStore store) : PushContract(store), IClassFixture<PostgresLogStore>;

public sealed class SqlitePushTests(SqliteLogStore store) : PushContract(store), IClassFixture<SqliteLogStore>;
