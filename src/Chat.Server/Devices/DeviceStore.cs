using Chat.Contracts;
using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.Devices;

/// <summary>Devices of visitors that want to be woken.</summary>
internal sealed class DeviceStore(IDatabase database, TimeProvider time)
{
    /// <summary>
    /// An address belongs to one installation of an app: whoever had it before in the same inbox is no longer there. Visitors of another inbox are
    /// another app's: they take nothing away here. Nodes of the version before write no inbox: there it is the visitor's.
    /// </summary>
    public Task<int> RegisterAsync(InboxId inbox, VisitorId visitor, Guid device, RegisterDevice request, CancellationToken cancellation) =>
        database.WriteAsync(
            async transaction =>
            {
                var row = new
                {
                    inbox = inbox.Value,
                    visitor = visitor.Value,
                    device,
                    platform = request.Platform,
                    token = request.Token,
                    now = time.GetUtcNow(),
                };
                // No unique index keeps an address once: of two who register it at once each would find that nobody has it.
                await transaction.Connection!.ExecuteAsync(database.Dialect.OneByOne("token"), row, transaction);
                await transaction.Connection!.ExecuteAsync(
                    """
                    DELETE FROM device
                    WHERE token = @token AND platform = @platform AND NOT (visitor_id = @visitor AND device_id = @device)
                        AND coalesce(inbox_id, (SELECT v.inbox_id FROM visitor v WHERE v.id = device.visitor_id)) = @inbox
                    """,
                    row,
                    transaction
                );
                return await transaction.Connection!.ExecuteAsync(
                    """
                    INSERT INTO device (visitor_id, device_id, inbox_id, platform, token, created_at)
                    VALUES (@visitor, @device, @inbox, @platform, @token, @now)
                    ON CONFLICT (visitor_id, device_id) DO UPDATE SET
                        inbox_id = excluded.inbox_id, platform = excluded.platform, token = excluded.token
                    """,
                    row,
                    transaction
                );
            },
            cancellation
        );

    public Task<int> RemoveAsync(VisitorId visitor, Guid device, CancellationToken cancellation) =>
        database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    "DELETE FROM device WHERE visitor_id = @visitor AND device_id = @device",
                    new { visitor = visitor.Value, device },
                    transaction
                ),
            cancellation
        );

    /// <summary>Where it was woken in vain; it may have another address by now.</summary>
    public Task<int> RemoveAsync(DuePush push, PushText sent, CancellationToken cancellation) =>
        database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    "DELETE FROM device WHERE visitor_id = @VisitorId AND device_id = @DeviceId AND platform = @Platform AND token = @Token",
                    new
                    {
                        push.VisitorId,
                        push.DeviceId,
                        sent.Platform,
                        sent.Token,
                    },
                    transaction
                ),
            cancellation
        );
}
