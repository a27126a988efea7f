using Chat.Contracts;
using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.Devices;

/// <summary>Devices of visitors that want to be woken.</summary>
internal sealed class DeviceStore(IDatabase database, TimeProvider time)
{
    /// <summary>An address belongs to one installation of an app: whoever had it before is no longer there.</summary>
    public Task<int> RegisterAsync(VisitorId visitor, Guid device, RegisterDevice request, CancellationToken cancellation) =>
        database.WriteAsync(
            async transaction =>
            {
                var row = new
                {
                    visitor = visitor.Value,
                    device,
                    platform = request.Platform,
                    token = request.Token,
                    now = time.GetUtcNow(),
                };
                await transaction.Connection!.ExecuteAsync(
                    "DELETE FROM device WHERE token = @token AND platform = @platform AND NOT (visitor_id = @visitor AND device_id = @device)",
                    row,
                    transaction
                );
                return await transaction.Connection!.ExecuteAsync(
                    """
                    INSERT INTO device (visitor_id, device_id, platform, token, created_at) VALUES (@visitor, @device, @platform, @token, @now)
                    ON CONFLICT (visitor_id, device_id) DO UPDATE SET platform = excluded.platform, token = excluded.token
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
