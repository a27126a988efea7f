using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Inboxes;
using Chat.Server.Messages;

namespace Chat.Server.Operators;

/// <summary>Teams, for admins.</summary>
internal static class TeamAdminEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapAdmin("/admin/teams");
        group.MapGet("", ListAsync).Produces<TeamSettingsList>().Polled().Describe("ListTeams", "All teams.");
        group.MapGet("/{id:guid}", FindAsync).Produces<TeamSettings>().Refuses(ErrorCode.NotFound).Describe("GetTeam", "A team.");
        group
            .MapPost("", AddAsync)
            .Creates<TeamSettings>()
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.NotFound)
            .Describe("AddTeam", "Adds a team.");
        group
            .MapPut("/{id:guid}", ReplaceAsync)
            .Produces<TeamSettings>()
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.NotFound)
            .Describe("ReplaceTeam", "Gives a team this name, these members and these inboxes.");
        group
            .MapDelete("/{id:guid}", RemoveAsync)
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ErrorCode.NotFound, ErrorCode.Conflict)
            .Describe("RemoveTeam", "Removes a team.", "conflict: it has conversations that are not closed; give them to others first.");
    }

    private static async Task<IResult> RemoveAsync(Guid id, TeamStore teams, DirectoryChanges changes)
    {
        switch (await teams.RemoveAsync(new TeamId(id), CancellationToken.None))
        {
            case TeamRemoval.Unknown:
                return Problems.Problem(ErrorCode.NotFound);
            case TeamRemoval.Busy:
                return Problems.Problem(ErrorCode.Conflict, "The team has conversations that are not closed.");
        }
        await changes.AnnounceAsync();
        return Results.NoContent();
    }

    private static async Task<IResult> ListAsync(TeamStore teams, CancellationToken cancellation) =>
        ApiResult.Polled(new TeamSettingsList([.. (await teams.ListAsync(cancellation)).Select(Settings)]));

    private static async Task<IResult> FindAsync(Guid id, TeamStore teams, CancellationToken cancellation) =>
        (await teams.ListAsync(cancellation)).FirstOrDefault(team => team.Id.Value == id) is { } found
            ? ApiResult.Ok(Settings(found))
            : Problems.Problem(ErrorCode.NotFound);

    private static async Task<IResult> AddAsync(TeamDraft body, TeamServices services, TimeProvider time)
    {
        var (team, refusal) = await ReadAsync(new TeamId(Guid.CreateVersion7(time.GetUtcNow())), body, services);
        if (team is null)
            return refusal!;
        await services.Teams.AddAsync(team, CancellationToken.None);
        await services.Changes.AnnounceAsync();
        return ApiResult.Created($"admin/teams/{team.Id}", Settings(team));
    }

    private static async Task<IResult> ReplaceAsync(Guid id, TeamDraft body, TeamServices services)
    {
        var (team, refusal) = await ReadAsync(new TeamId(id), body, services);
        if (team is null)
            return refusal!;
        if (!await services.Teams.ReplaceAsync(team, CancellationToken.None))
            return Problems.Problem(ErrorCode.NotFound);
        await services.Changes.AnnounceAsync();
        return ApiResult.Ok(Settings(team));
    }

    private static async Task<(Team? Team, IResult? Refusal)> ReadAsync(TeamId id, TeamDraft body, TeamServices services)
    {
        var name = TextRules.NameOrEmpty(body.Name);
        if (name.Length == 0)
            return (null, Problems.Problem(OperatorRules.NameFault));
        var team = new Team(id, name, (body.Inboxes ?? []).ToHashSet(), (body.Members ?? []).ToHashSet());
        var operators = (await services.Operators.ListAsync(CancellationToken.None)).Select(account => account.OperatorId);
        var inboxes = (await services.Inboxes.ListAsync(CancellationToken.None)).Select(inbox => inbox.Id);
        return team.Members.IsSubsetOf(operators) && team.Inboxes.IsSubsetOf(inboxes)
            ? (team, null)
            : (null, Problems.Problem(ErrorCode.NotFound, "There is no such operator or inbox."));
    }

    private static TeamSettings Settings(Team team) =>
        new(team.Id, team.Name, [.. team.Members.OrderBy(member => member.Value)], [.. team.Inboxes.OrderBy(inbox => inbox.Value)]);
}

/// <summary>What saving a team needs, as one dependency.</summary>
internal sealed record TeamServices(TeamStore Teams, OperatorStore Operators, InboxStore Inboxes, DirectoryChanges Changes);
