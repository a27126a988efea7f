using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;

namespace Chat.Server.Inboxes;

/// <summary>An operator's inboxes, and whom their conversations may be given to.</summary>
internal static class InboxEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").RequireAuthorization(Policies.Operator).Refuses(ErrorCode.Forbidden).WithTags("Inboxes");
        group
            .MapGet("/inboxes", List)
            .Produces<InboxList>()
            .Polled()
            .Describe("ListInboxes", "The inboxes that the operator is a member of.");
        group
            .MapGet("/inboxes/{id:guid}/assignees", ListAssignees)
            .Produces<Assignees>()
            .Polled()
            .Refuses(ErrorCode.NotFound)
            .Describe("ListAssignees", "The operators and teams that conversations of the inbox may be given to.");
    }

    private static IResult List(HttpContext context, IInboxDirectory directory)
    {
        var own = directory.InboxesOf(context.Caller().OperatorId);
        var faces = own.Select(directory.Find).OfType<Inbox>().OrderBy(inbox => inbox.Name, StringComparer.Ordinal);
        return ApiResult.Polled(
            new InboxList([.. faces.Select(inbox => new InboxFace(inbox.Id, inbox.Name, inbox.AllowPreview, inbox.Setup.Appearance.Color))])
        );
    }

    private static IResult ListAssignees(Guid id, HttpContext context, IInboxDirectory directory)
    {
        var inbox = new InboxId(id);
        if (!directory.InboxesOf(context.Caller().OperatorId).Contains(inbox))
            return Problems.Problem(ErrorCode.NotFound);
        var members = directory.MembersOf(inbox).OrderBy(member => member.Name, StringComparer.Ordinal);
        var teams = directory.TeamsOf(inbox).OrderBy(team => team.Name, StringComparer.Ordinal);
        return ApiResult.Polled(new Assignees([.. members.Select(member => member.Face)], [.. teams.Select(team => team.Face)]));
    }
}
