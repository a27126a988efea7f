using Chat.Contracts;
using Chat.Server.Devices;
using Chat.Server.Identity;
using Chat.Server.Inboxes;

namespace Chat.Server.Visitors;

/// <summary>Sessions of visitors: anonymous, identified by the host site, or continued.</summary>
internal sealed class VisitorSessions(
    AccessTokens accessTokens,
    RefreshFamilies families,
    IdentityTokens identityTokens,
    VisitorStore visitors,
    DeviceStore devices,
    TimeProvider time
)
{
    /// <summary>Null when a token that was presented is not good. Costs no database for a new anonymous visitor.</summary>
    public async Task<VisitorSession?> OpenAsync(Inbox inbox, VisitorSessionRequest request, CancellationToken cancellation)
    {
        var presented = ReadPresented(inbox, request);
        if (request.IdentityToken is not null)
            return await IdentifyAsync(inbox, request, presented, cancellation);
        if (request.RefreshToken is not null)
            return await ContinueAsync(inbox, presented, cancellation);

        var visitor = new VisitorId(Guid.CreateVersion7(time.GetUtcNow()));
        return Issue(visitor, inbox, null, Start(visitor, inbox, request.DeviceId));
    }

    /// <summary>Ends the device's session. What is not a token of ours is nothing to end.</summary>
    public async Task EndAsync(string refreshToken, CancellationToken cancellation)
    {
        if (families.Read(RefreshKind.Visitor, refreshToken) is not { } token)
            return;
        await families.RevokeAsync(token, cancellation);
        await devices.RemoveAsync(new VisitorId(token.Holder), token.Device, cancellation);
    }

    private async Task<VisitorSession?> ContinueAsync(Inbox inbox, RefreshToken? presented, CancellationToken cancellation)
    {
        if (presented is null || !await families.UseAsync(presented, cancellation))
            return null;
        var visitor = new VisitorId(presented.Holder);
        var known = await visitors.FindAsync(visitor, cancellation);
        return Issue(visitor, inbox, known?.Name, families.Continue(presented));
    }

    // The host site's word counts; the refresh token only shows which conversations are this device's, and may be of no use any more.
    private async Task<VisitorSession?> IdentifyAsync(
        Inbox inbox,
        VisitorSessionRequest request,
        RefreshToken? presented,
        CancellationToken cancellation
    )
    {
        if (await identityTokens.ValidateAsync(inbox, request.IdentityToken!, cancellation) is not { } identity)
            return null;
        var visitor = await visitors.IdentifyAsync(inbox.Id, identity, presented, cancellation);
        var isSame = presented is not null && presented.Holder == visitor.Value && await families.UseAsync(presented, cancellation);
        var refreshToken = isSame ? families.Continue(presented!) : Start(visitor, inbox, request.DeviceId);
        return Issue(visitor, inbox, identity.Name, refreshToken);
    }

    // A token is good only for the inbox and on the device that it was made for.
    private RefreshToken? ReadPresented(Inbox inbox, VisitorSessionRequest request) =>
        families.Read(RefreshKind.Visitor, request.RefreshToken) is { } token
        && token.Scope == inbox.Id.Value
        && token.Device == request.DeviceId
            ? token
            : null;

    private string Start(VisitorId visitor, Inbox inbox, Guid device) =>
        families.Start(RefreshKind.Visitor, visitor.Value, inbox.Id.Value, device);

    private VisitorSession Issue(VisitorId visitor, Inbox inbox, string? name, string refreshToken)
    {
        var access = accessTokens.ForVisitor(visitor, inbox.Id, name);
        return new VisitorSession(access.Text, access.ExpiresAt, visitor, refreshToken);
    }
}
