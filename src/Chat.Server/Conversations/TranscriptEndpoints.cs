using System.ComponentModel;
using System.Text;
using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Microsoft.AspNetCore.Http.Features;
using NodaTime;

namespace Chat.Server.Conversations;

/// <summary>A conversation as a text to keep. It reads what every client reads, and so through the same projection.</summary>
internal static class TranscriptEndpoints
{
    private const string TextType = "text/plain";

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/conversations/{id:guid}/transcript", ReadAsync)
            .WithTags("Conversations")
            .Produces<string>(StatusCodes.Status200OK, TextType)
            .Refuses(ErrorCode.Invalid, ErrorCode.Forbidden, ErrorCode.NotFound)
            .Describe("GetTranscript", "The conversation as a text to keep: what the caller may see, as it stands now.");

    private static async Task<IResult> ReadAsync(
        [Description("The conversation.")] Guid id,
        [Description("en (default) or ru.")] string? locale,
        [Description("IANA name of the zone of its times; UTC when absent.")] string? timeZone,
        [Description("Operators: with notes.")] bool? notes,
        HttpContext context,
        ConversationReader reader,
        IInboxDirectory directory,
        OutgoingBytes outgoing
    )
    {
        var words = TranscriptWords.Of(locale ?? "en");
        var zone = timeZone is null ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone);
        if (words is null)
            return Problems.Problem(Refusal.Of("locale", FieldFault.Unknown, "locale is en or ru."));
        if (zone is null)
            return Problems.Problem(Refusal.Of("timeZone", FieldFault.Unknown, "timeZone is an IANA name."));
        var call = context.Call();
        if (notes == true && !call.Caller.IsOperator)
            return Problems.Problem(ErrorCode.Forbidden, "Notes are for operators.");
        var page = await reader.OpenAsync(call, new OpenQuery(new ConversationId(id)));
        if (page.IsRefused)
            return Problems.Problem(page.Refusal);
        var text = new TranscriptText(words, zone, notes == true);
        var inbox = directory.Find(page.Value.Conversation.InboxId)?.Name ?? "";
        return Results.Stream(
            async body =>
            {
                using var waiting = outgoing.Open(context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort);
                await WriteAsync(body, waiting, text, inbox, call, page.Value.Conversation.Id, reader);
            },
            $"{TextType}; charset=utf-8",
            $"chat-{id}.txt"
        );
    }

    /// <summary>Page by page: the longest conversation takes no more memory than one page.</summary>
    private static async Task WriteAsync(
        Stream body,
        OutgoingBytes.Account waiting,
        TranscriptText text,
        string inbox,
        Call call,
        ConversationId id,
        ConversationReader reader
    )
    {
        var part = text.Head(inbox, id);
        for (var (after, hasMore) = (0, true); ; )
        {
            // For its reader wait the bytes, and nothing of which they were made.
            var bytes = Encoding.UTF8.GetBytes(part);
            waiting.Hold(bytes.Length);
            await body.WriteAsync(bytes, call.Cancellation);
            waiting.Release(bytes.Length);
            if (!hasMore)
                return;
            var page = await reader.HistoryAsync(call, new HistoryQuery(id, After: after, Limit: Limits.HistoryPage));
            // What may be seen no longer ends the text where it is.
            if (page.IsRefused || page.Value.Events.Count == 0)
                return;
            part = text.Lines(page.Value.Events);
            (after, hasMore) = (page.Value.Events[^1].Seq, page.Value.HasMore);
        }
    }
}
