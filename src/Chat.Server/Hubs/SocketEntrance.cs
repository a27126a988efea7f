using Chat.Server.Sockets;

namespace Chat.Server.Hubs;

/// <summary>The way in for sockets: past admission, which counts a socket from its handshake to its end.</summary>
internal sealed class SocketEntrance(Admission admission, RequestDelegate next)
{
    private readonly Action _leave = admission.Leave;

    public async Task RunAsync(HttpContext context)
    {
        if (!await admission.EnterAsync(context))
            return;
        Takeover.Offer(context);
        try
        {
            await next(context);
        }
        finally
        {
            if (context.Features.Get<Takeover>() is { Taken: not null } takeover)
                takeover.Finally(_leave);
            else
                admission.Leave();
        }
    }
}
