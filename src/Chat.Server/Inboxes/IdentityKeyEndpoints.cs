using System.Text;
using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Microsoft.AspNetCore.Http.Features;

namespace Chat.Server.Inboxes;

/// <summary>Keys with which host sites sign who their visitors are, for admins.</summary>
internal static class IdentityKeyEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapAdmin("/admin/inboxes/{id:guid}/identity-keys");
        group
            .MapGet("", ListAsync)
            .Produces<IdentityKeyList>()
            .Refuses(ErrorCode.NotFound)
            .Describe("ListIdentityKeys", "The keys of an inbox's host site, without their secrets.");
        group
            .MapPut("/{kid}", AddAsync)
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.NotFound, ErrorCode.Conflict)
            .Describe(
                "AddIdentityKey",
                "Adds a key with which the host site signs who its visitors are.",
                "A name never changes its key (conflict): to rotate, add another name, let the host site use it, and remove the old one."
            );
        group
            .MapDelete("/{kid}", RemoveAsync)
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ErrorCode.NotFound)
            .Describe(
                "RemoveIdentityKey",
                "Removes a host site's key: what it signed is not accepted any more.",
                "Sessions of visitors that it vouched for end, unless another key has vouched for them since."
            );
    }

    private static async Task<IResult> ListAsync(Guid id, InboxStore inboxes, KeyStore keys, CancellationToken cancellation) =>
        await inboxes.FindAsync(new InboxId(id), cancellation) is null
            ? Problems.Problem(ErrorCode.NotFound)
            : ApiResult.Ok(new IdentityKeyList(await keys.ListInboxKeysAsync(new InboxId(id), cancellation)));

    private static async Task<IResult> AddAsync(
        Guid id,
        string kid,
        IdentityKey body,
        HttpContext context,
        InboxStore inboxes,
        KeyStore keys,
        DirectoryChanges changes
    )
    {
        kid = Decode(kid, context);
        var material = Encoding.UTF8.GetBytes(body.Secret);
        var fault = IdentityTokens.FindKidFault(kid) ?? IdentityTokens.FindFault(body.Algorithm, material);
        if (fault is not null)
            return Problems.Problem(fault);
        if (await inboxes.FindAsync(new InboxId(id), CancellationToken.None) is null)
            return Problems.Problem(ErrorCode.NotFound);
        var key = new InboxKey(new InboxId(id), kid, body.Algorithm, material);
        if (!await keys.AddInboxKeyAsync(key, CancellationToken.None))
            return Problems.Problem(ErrorCode.Conflict, "The inbox has a key of this name already.");
        await changes.AnnounceAsync();
        return Results.NoContent();
    }

    private static async Task<IResult> RemoveAsync(Guid id, string kid, HttpContext context, KeyStore keys, DirectoryChanges changes)
    {
        kid = Decode(kid, context);
        if (
            IdentityTokens.FindKidFault(kid) is not null
            || await keys.RemoveInboxKeyAsync(new InboxId(id), kid, CancellationToken.None) == 0
        )
            return Problems.Problem(ErrorCode.NotFound);
        await changes.AnnounceAsync();
        return Results.NoContent();
    }

    /// <summary>
    /// A name may have slashes. Of a path the server decodes all but those, so that <c>%2F</c> may be a slash or three characters of the name: only the address as
    /// it came says which.
    /// </summary>
    private static string Decode(string kid, HttpContext context)
    {
        if (!kid.Contains('%'))
            return kid;
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].TrimEnd('/');
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }
}
