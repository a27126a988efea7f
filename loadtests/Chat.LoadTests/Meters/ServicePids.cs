using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Chat.LoadTests.Meters;

/// <summary>PostgreSQL and Redis name their own processes.</summary>
internal static class ServicePids
{
    public static async Task<int> PostgresAsync(string connectionString, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellation);
        return ProcessMeter.ParentOf(connection.ProcessID);
    }

    public static async Task<int> RedisAsync(string redis, CancellationToken cancellation)
    {
        var text = await AskRedisAsync(
            redis,
            "INFO server\r\n",
            text => text.Contains("executable", StringComparison.Ordinal),
            cancellation
        );
        var line = text.Split("\r\n").First(line => line.StartsWith("process_id:", StringComparison.Ordinal));
        return int.Parse(line.AsSpan("process_id:".Length), CultureInfo.InvariantCulture);
    }

    public static async Task<string> AskRedisAsync(string redis, string command, Func<string, bool> isWhole, CancellationToken cancellation)
    {
        var address = redis.Split(':');
        using var client = new TcpClient();
        await client.ConnectAsync(address[0], int.Parse(address[1], CultureInfo.InvariantCulture), cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command), cancellation);
        var buffer = new byte[16 * 1024];
        var answer = new StringBuilder();
        while (!isWhole(answer.ToString()))
        {
            var read = await stream.ReadAsync(buffer, cancellation);
            if (read == 0)
                throw new IOException("Redis closed the connection.");
            answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        return answer.ToString();
    }
}
