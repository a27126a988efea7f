using System.Data.Common;
using Chat.Contracts;
using Chat.Server.Inboxes;
using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.Operators;

/// <summary>Teams with their members and inboxes.</summary>
internal sealed class TeamStore(IDatabase database)
{
    public Task AddAsync(Team team, CancellationToken cancellation) =>
        database.WriteAsync(transaction => WriteAsync(transaction, team, "INSERT INTO team (id, name) VALUES (@id, @name)"), cancellation);

    /// <summary>Makes the stored one like this. False: there is none, or none any more.</summary>
    public Task<bool> ReplaceAsync(Team team, CancellationToken cancellation) =>
        database.WriteAsync(transaction => WriteAsync(transaction, team, "UPDATE team SET name = @name WHERE id = @id"), cancellation);

    /// <summary>Closed conversations lose it, without an event: their logs keep its name.</summary>
    public async Task<TeamRemoval> RemoveAsync(TeamId id, CancellationToken cancellation)
    {
        try
        {
            return await database.WriteAsync(transaction => RemoveAsync(transaction, id), cancellation);
        }
        catch (Exception e) when (LostReference.IsIn(e))
        {
            // It was given a conversation since they were counted.
            return TeamRemoval.Busy;
        }
    }

    public Task<IReadOnlyList<Team>> ListAsync(CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<Team>>(
            async connection =>
            {
                var teams = await connection.QueryAsync<TeamRow>("SELECT id, name FROM team ORDER BY id");
                var members = await connection.QueryAsync<LinkRow>(
                    "SELECT team_id, operator_id AS other_id FROM team_member ORDER BY team_id, operator_id"
                );
                var inboxes = await connection.QueryAsync<LinkRow>(
                    "SELECT team_id, inbox_id AS other_id FROM team_inbox ORDER BY team_id, inbox_id"
                );
                var membersOf = members.ToLookup(row => row.TeamId, row => new OperatorId(row.OtherId));
                var inboxesOf = inboxes.ToLookup(row => row.TeamId, row => new InboxId(row.OtherId));
                return
                [
                    .. teams.Select(row => new Team(
                        new TeamId(row.Id),
                        row.Name,
                        inboxesOf[row.Id].ToHashSet(),
                        membersOf[row.Id].ToHashSet()
                    )),
                ];
            },
            cancellation
        );

    private static async Task<bool> WriteAsync(DbTransaction transaction, Team team, string row)
    {
        var connection = transaction.Connection!;
        var id = team.Id.Value;
        if (await connection.ExecuteAsync(row, new { id, name = team.Name }, transaction) == 0)
            return false;
        await connection.ExecuteAsync("DELETE FROM team_member WHERE team_id = @id", new { id }, transaction);
        await connection.ExecuteAsync(
            "INSERT INTO team_member (team_id, operator_id) VALUES (@id, @member)",
            team.Members.Select(member => new { id, member = member.Value }),
            transaction
        );
        await connection.ExecuteAsync("DELETE FROM team_inbox WHERE team_id = @id", new { id }, transaction);
        await connection.ExecuteAsync(
            "INSERT INTO team_inbox (team_id, inbox_id) VALUES (@id, @inbox)",
            team.Inboxes.Select(inbox => new { id, inbox = inbox.Value }),
            transaction
        );
        return true;
    }

    private static async Task<TeamRemoval> RemoveAsync(DbTransaction transaction, TeamId id)
    {
        var connection = transaction.Connection!;
        if (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM team WHERE id = @id", new { id }, transaction) == 0)
            return TeamRemoval.Unknown;
        var live = "SELECT count(*) FROM conversation WHERE team_id = @id AND status <> 3";
        if (await connection.ExecuteScalarAsync<long>(live, new { id }, transaction) > 0)
            return TeamRemoval.Busy;
        var closed = "UPDATE conversation SET team_id = NULL WHERE team_id = @id AND status = 3";
        await connection.ExecuteAsync(closed, new { id }, transaction);
        await connection.ExecuteAsync("DELETE FROM team WHERE id = @id", new { id }, transaction);
        return TeamRemoval.Done;
    }

    private sealed class TeamRow
    {
        public Guid Id { get; init; }

        public string Name { get; init; } = "";
    }

    private sealed class LinkRow
    {
        public Guid TeamId { get; init; }

        public Guid OtherId { get; init; }
    }
}

/// <summary>What became of removing a team.</summary>
internal enum TeamRemoval
{
    Done,
    Unknown,

    /// <summary>It has conversations that are not closed.</summary>
    Busy,
}
