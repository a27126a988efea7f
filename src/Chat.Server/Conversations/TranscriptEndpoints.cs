using System.ComponentModel;
using System.Text;
using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
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
        IInboxDirectory directory
    )
    {
        var words = TranscriptWords.Of(locale ?? "en");
        var zone = timeZone is null ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone);
        if (words is null || zone is null)
            return Problems.Problem(ErrorCode.Invalid, "locale is en or ru, timeZone an IANA name.");
        var call = context.Call();
        if (notes == true && !call.Caller.IsOperator)
            return Problems.Problem(ErrorCode.Forbidden, "Notes are for operators.");
        var page = await reader.OpenAsync(call, new OpenQuery(new ConversationId(id)));
        if (page.IsRefused)
            return Problems.Problem(page.Refusal);
        var text = new TranscriptText(words, zone, notes == true);
        var inbox = directory.Find(page.Value.Conversation.InboxId)?.Name ?? "";
        return Results.Stream(
            body => WriteAsync(body, text, inbox, call, page.Value.Conversation.Id, reader),
            $"{TextType}; charset=utf-8",
            $"chat-{id}.txt"
        );
    }

    /// <summary>Page by page: the longest conversation takes no more memory than one page.</summary>
    private static async Task WriteAsync(
        Stream body,
        TranscriptText text,
        string inbox,
        Call call,
        ConversationId id,
        ConversationReader reader
    )
    {
        await using var writer = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        await writer.WriteAsync(text.Head(inbox, id));
        for (var (after, hasMore) = (0, true); hasMore; )
        {
            var page = await reader.HistoryAsync(call, new HistoryQuery(id, After: after, Limit: Limits.HistoryPage));
            // What may be seen no longer ends the text where it is.
            if (page.IsRefused || page.Value.Events.Count == 0)
                return;
            await writer.WriteAsync(text.Lines(page.Value.Events));
            (after, hasMore) = (page.Value.Events[^1].Seq, page.Value.HasMore);
        }
    }
}
