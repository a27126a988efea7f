using Chat.Contracts;
using Dapper;

namespace Chat.Server.Storage;

/// <summary>What everybody asks at once when sockets come back: owners of conversations, and their pages. See <see cref="SharedRead{TAsk,TAnswer}"/>.</summary>
internal sealed class LogReads
{
    /// <summary>Asks in one read: far beyond where the read's own cost counts, and a moment's work for the database.</summary>
    private const int Capacity = 400;

    private readonly IDatabase _database;
    private readonly LogSql _sql;
    private readonly SharedRead<IReadOnlyCollection<ConversationId>, IReadOnlyList<ConversationOwner>> _owners;
    private readonly SharedRead<OwnedAsk, IReadOnlyList<ConversationOwner>> _owned;
    private readonly SharedRead<PagesAsk, IReadOnlyList<ConversationPage>> _pages;

    public LogReads(IDatabase database, LogSql sql)
    {
        (_database, _sql) = (database, sql);
        var pages = new LogPages(sql);
        _owners = new(ReadOwnersAsync, ids => ids.Count, Capacity);
        _owned = new(ReadOwnedAsync, _ => 1, Capacity);
        _pages = new(asks => database.ReadAsync(c => pages.ReadAsync(c, asks, default), default), ask => ask.Cursors.Count, Capacity);
    }

    public Task<IReadOnlyList<ConversationOwner>> OwnersAsync(IReadOnlyCollection<ConversationId> ids, CancellationToken cancellation) =>
        _owners.AskAsync(ids, cancellation);

    public Task<IReadOnlyList<ConversationOwner>> OwnedAsync(VisitorId visitor, int limit, CancellationToken cancellation) =>
        _owned.AskAsync(new OwnedAsk(visitor, limit), cancellation);

    public Task<IReadOnlyList<ConversationPage>> PagesAsync(IReadOnlyList<Cursor> cursors, int limit, CancellationToken cancellation) =>
        _pages.AskAsync(new PagesAsk(cursors, limit), cancellation);

    private async Task<IReadOnlyList<IReadOnlyList<ConversationOwner>>> ReadOwnersAsync(
        IReadOnlyList<IReadOnlyCollection<ConversationId>> asks
    )
    {
        var ids = _sql.Dialect.Ids(asks.SelectMany(ask => ask).Select(id => id.Value).Distinct());
        var found = (await QueryAsync(_sql.Owners, new { ids })).ToDictionary(owner => owner.Id);
        return
        [
            .. asks.Select(ask => (IReadOnlyList<ConversationOwner>)[.. ask.Select(found.GetValueOrDefault).OfType<ConversationOwner>()]),
        ];
    }

    private async Task<IReadOnlyList<IReadOnlyList<ConversationOwner>>> ReadOwnedAsync(IReadOnlyList<OwnedAsk> asks)
    {
        var ids = _sql.Dialect.Ids(asks.Select(ask => ask.Visitor.Value).Distinct());
        var found = (await QueryAsync(_sql.OfVisitors, new { ids, limit = asks.Max(ask => ask.Limit) })).ToLookup(owner => owner.VisitorId);
        return [.. asks.Select(ask => (IReadOnlyList<ConversationOwner>)[.. found[ask.Visitor].Take(ask.Limit)])];
    }

    private Task<IEnumerable<ConversationOwner>> QueryAsync(string sql, object parameters) =>
        _database.ReadAsync(
            async connection =>
                (await connection.QueryAsync<ConversationRow>(sql, parameters)).Select(row => new ConversationOwner(
                    row.Id,
                    row.InboxId,
                    row.VisitorId
                )),
            CancellationToken.None
        );

    private readonly record struct OwnedAsk(VisitorId Visitor, int Limit);
}
