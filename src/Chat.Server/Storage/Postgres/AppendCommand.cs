using Chat.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Chat.Server.Storage.Postgres;

/// <summary>
/// The call of <c>append_v1</c>: a batch as one array for each column. Command and arrays live as long as their writer and are filled anew for each
/// batch; one call at a time.
/// </summary>
internal sealed class AppendCommand : IDisposable
{
    private const string Sql = "SELECT ord, status, inbox_id, epoch, seq, at FROM append_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

    // Without a time-out: it would cancel, and a cancelled commit ends in success wherever it was.
    private readonly NpgsqlCommand _command = new() { CommandTimeout = 0 };
    private string? _mark;
    private readonly List<Guid> _conversations = [];
    private readonly List<Guid> _clients = [];
    private readonly List<short> _types = [];
    private readonly List<short> _audiences = [];
    private readonly List<short> _actorKinds = [];
    private readonly List<Guid?> _actors = [];
    private readonly List<string?> _names = [];
    private readonly List<string> _bodies = [];
    private readonly List<int?> _replies = [];
    private readonly List<int?> _expected = [];
    private readonly List<long> _fingerprints = [];

    public AppendCommand()
    {
        Add(_conversations, NpgsqlDbType.Uuid);
        Add(_clients, NpgsqlDbType.Uuid);
        Add(_types, NpgsqlDbType.Smallint);
        Add(_audiences, NpgsqlDbType.Smallint);
        Add(_actorKinds, NpgsqlDbType.Smallint);
        Add(_actors, NpgsqlDbType.Uuid);
        Add(_names, NpgsqlDbType.Text);
        Add(_bodies, NpgsqlDbType.Text);
        Add(_replies, NpgsqlDbType.Integer);
        Add(_expected, NpgsqlDbType.Integer);
        Add(_fingerprints, NpgsqlDbType.Bigint);
    }

    /// <param name="connection">Where.</param>
    /// <param name="mark">What the server knows the call by: see <see cref="ServerCall"/>.</param>
    /// <param name="batch">What.</param>
    /// <param name="lost">Cancelled once the server is known to be at work on it no longer, and never before.</param>
    public async Task<AppendResult[]> ExecuteAsync(
        NpgsqlConnection connection,
        string mark,
        IReadOnlyList<MessageAppend> batch,
        CancellationToken lost
    )
    {
        Fill(batch);
        _command.Connection = connection;
        if (_mark != mark)
            _command.CommandText = (_mark = mark) + Sql;
        var results = new AppendResult[batch.Count];
        await using var reader = await _command.ExecuteReaderAsync(lost);
        while (await reader.ReadAsync(lost))
        {
            var status = (AppendStatus)reader.GetInt16(1);
            results[reader.GetInt32(0) - 1] = new AppendResult(
                status,
                status == AppendStatus.NotFound ? default : new InboxId(reader.GetGuid(2)),
                reader.GetInt32(3),
                reader.GetInt32(4),
                status == AppendStatus.Appended ? new DateTimeOffset(reader.GetDateTime(5)) : default
            );
        }
        return results;
    }

    public void Dispose() => _command.Dispose();

    private void Add<T>(List<T> values, NpgsqlDbType type) =>
        _command.Parameters.Add(new NpgsqlParameter<List<T>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });

    private void Fill(IReadOnlyList<MessageAppend> batch)
    {
        _conversations.Clear();
        _clients.Clear();
        _types.Clear();
        _audiences.Clear();
        _actorKinds.Clear();
        _actors.Clear();
        _names.Clear();
        _bodies.Clear();
        _replies.Clear();
        _expected.Clear();
        _fingerprints.Clear();
        for (var i = 0; i < batch.Count; i++)
        {
            var item = batch[i];
            _conversations.Add(item.ConversationId.Value);
            _clients.Add(item.ClientId);
            _types.Add((short)item.Type);
            _audiences.Add((short)Projection.AudienceOf(item.Type));
            _actorKinds.Add((short)item.Author.Kind);
            _actors.Add(item.Author.Id);
            _names.Add(item.Author.Name);
            _bodies.Add(item.Body);
            _replies.Add(item.ReplyTo);
            _expected.Add(item.ExpectedSeq);
            _fingerprints.Add(item.Fingerprint);
        }
    }
}
