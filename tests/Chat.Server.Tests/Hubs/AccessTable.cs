using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>What a row's call is about.</summary>
/// <param name="Id">The conversation.</param>
/// <param name="Own">Seq of a message that the caller's side wrote, where he could write one.</param>
/// <param name="Others">Seq of a message of somebody else.</param>
/// <param name="Seed">Inboxes and staff.</param>
/// <param name="Crew">Those of the staff who take part.</param>
internal sealed record Target(ConversationId Id, int Own, int Others, Seed Seed, Crew Crew);

/// <summary>One call, and what it answers to whom: a code, "ok", or "nothing" for lists that leave the conversation out.</summary>
/// <param name="Name">Of the test case.</param>
/// <param name="Method">The hub's method.</param>
/// <param name="Request">Its argument.</param>
/// <param name="Visitor">Whose conversation it is.</param>
/// <param name="Stranger">Another visitor, of this inbox or another one.</param>
/// <param name="Operator">A member of the inbox.</param>
/// <param name="Senior">A supervisor or admin who is a member.</param>
/// <param name="Foreigner">Operators, supervisors and admins of another inbox.</param>
internal sealed record AccessRow(
    string Name,
    string Method,
    Func<Target, object> Request,
    string Visitor,
    string Stranger,
    string Operator,
    string Senior,
    string Foreigner
)
{
    /// <summary>Whether a colleague has the conversation.</summary>
    public bool Held { get; init; }
}

internal static class AccessTable
{
    private const string Ok = "ok";
    private const string Nothing = "nothing";
    private const string NotFound = "not_found";
    private const string Forbidden = "forbidden";

    // A method of the other hub does not exist.
    private const string None = "invalid";

    public static IReadOnlyList<AccessRow> Rows { get; } =
    [
        new("Hello", "Hello", t => new Hello(1, Guid.NewGuid(), Cursors: [new(t.Id, 0, 0)]), Ok, Nothing, Ok, Ok, Nothing),
        new("Sync", "Sync", t => new Sync([new(t.Id, 0, 0)]), Ok, Nothing, Ok, Ok, Nothing),
        Both("Send", t => new SendMessage(t.Id, New(), "Text")),
        Both("Send a note", t => new SendMessage(t.Id, New(), "Text", SendKind.Note), visitor: Forbidden, stranger: Forbidden),
        Both("Edit an own message", t => new EditMessage(t.Id, New(), t.Own, "Text")),
        Both(
            "Edit another's message",
            t => new EditMessage(t.Id, New(), t.Others, "Text"),
            Forbidden,
            @operator: Forbidden,
            senior: Forbidden
        ),
        Both("Delete an own message", t => new DeleteMessage(t.Id, New(), t.Own)),
        Both("Delete another's message", t => new DeleteMessage(t.Id, New(), t.Others), Forbidden, @operator: Forbidden),
        Both("Read", t => new MarkSeq(t.Id, t.Own)),
        Both("Delivered", t => new MarkSeq(t.Id, t.Own)),
        Both("Typing", t => new TypingNotice(t.Id, "Te")),
        Both("History", t => new HistoryQuery(t.Id)),
        // Visitors open and follow their own only; there is nothing foreign to name.
        new("OpenConversation", "OpenConversation", _ => new OpenConversation(New()), Ok, Ok, None, None, None),
        OfVisitors("Rate", t => new RateConversation(t.Id, New(), 5)),
        OfVisitors("Close", t => new ConversationCommand(t.Id, New())),
        new("RegisterDevice", "RegisterDevice", _ => new RegisterDevice("fcm", "token"), Ok, Ok, None, None, None),
        OfStaff("Watch", t => new Watch([t.Seed.Shop.Id])),
        OfStaff("Open", t => new OpenQuery(t.Id)),
        // Ends what may have ended by itself, and so never fails.
        OfStaff("Leave", t => new ConversationRef(t.Id)) with
        {
            Foreigner = Ok,
        },
        OfStaff("Claim", t => new ConversationCommand(t.Id, New())),
        OfStaff("Claim a colleague's", t => new ConversationCommand(t.Id, New()), "conflict", "conflict", held: true),
        OfStaff("Assign", t => new AssignConversation(t.Id, New(), t.Crew.Supervisor.Id)),
        OfStaff("Assign to a team", t => new AssignConversation(t.Id, New(), TeamId: t.Seed.Team.Id)),
        OfStaff("Assign a colleague's", t => new AssignConversation(t.Id, New(), t.Crew.Supervisor.Id), Forbidden, held: true),
        OfStaff(
            "Assign to somebody who is no member",
            t => new AssignConversation(t.Id, New(), t.Crew.Foreigners[0].Id),
            NotFound,
            NotFound
        ),
        OfStaff("Assign to two", t => new AssignConversation(t.Id, New(), t.Crew.Supervisor.Id, t.Seed.Team.Id), None, None) with
        {
            Foreigner = None,
        },
        OfStaff("Transfer", t => new TransferConversation(t.Id, New(), t.Crew.Supervisor.Id, Text: "Yours")),
        OfStaff("Transfer a colleague's", t => new TransferConversation(t.Id, New(), t.Crew.Supervisor.Id), Forbidden, held: true),
        OfStaff("Note", t => new WriteNote(t.Id, New(), "Text")),
        OfStaff("SetStatus to closed", t => new SetStatus(t.Id, New(), ConversationStatus.Closed), held: true),
        OfStaff("SetStatus to queued", t => new SetStatus(t.Id, New(), ConversationStatus.Queued), Forbidden, held: true),
        OfStaff("Tag", t => new TagConversation(t.Id, New(), ["vip"])),
        OfStaff("SetAvailability", _ => new SetAvailability(Availability.Away)) with
        {
            Foreigner = Ok,
        },
        OfStaff("Viewing", t => new ConversationRef(t.Id)),
    ];

    private static Guid New() => Guid.NewGuid();

    private static AccessRow Both(
        string name,
        Func<Target, object> request,
        string visitor = Ok,
        string stranger = NotFound,
        string @operator = Ok,
        string senior = Ok
    ) => new(name, name.Split(' ')[0], request, visitor, stranger, @operator, senior, NotFound);

    private static AccessRow OfVisitors(string name, Func<Target, object> request) =>
        new(name, name, request, Ok, NotFound, None, None, None);

    private static AccessRow OfStaff(
        string name,
        Func<Target, object> request,
        string @operator = Ok,
        string senior = Ok,
        bool held = false
    ) => new(name, name.Split(' ')[0], request, None, None, @operator, senior, NotFound) { Held = held };
}
