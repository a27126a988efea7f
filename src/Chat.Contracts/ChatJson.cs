using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>Everything that crosses the wire, for the source generator.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    Converters = [typeof(TimeConverter)]
)]
[JsonSerializable(typeof(Hello))]
[JsonSerializable(typeof(HelloResult))]
[JsonSerializable(typeof(Sync))]
[JsonSerializable(typeof(SyncResult))]
[JsonSerializable(typeof(SendMessage))]
[JsonSerializable(typeof(SendResult))]
[JsonSerializable(typeof(EditMessage))]
[JsonSerializable(typeof(DeleteMessage))]
[JsonSerializable(typeof(MarkSeq))]
[JsonSerializable(typeof(TypingNotice))]
[JsonSerializable(typeof(HistoryQuery))]
[JsonSerializable(typeof(HistoryResult))]
[JsonSerializable(typeof(OpenConversation))]
[JsonSerializable(typeof(OpenResult))]
[JsonSerializable(typeof(RateConversation))]
[JsonSerializable(typeof(ConversationCommand))]
[JsonSerializable(typeof(Watch))]
[JsonSerializable(typeof(WatchResult))]
[JsonSerializable(typeof(OpenQuery))]
[JsonSerializable(typeof(ConversationPage))]
[JsonSerializable(typeof(AssignConversation))]
[JsonSerializable(typeof(TransferConversation))]
[JsonSerializable(typeof(WriteNote))]
[JsonSerializable(typeof(SetStatus))]
[JsonSerializable(typeof(TagConversation))]
[JsonSerializable(typeof(SetAvailability))]
[JsonSerializable(typeof(ConversationRef))]
[JsonSerializable(typeof(ChatEvent))]
[JsonSerializable(typeof(Skip))]
[JsonSerializable(typeof(CursorMoved))]
[JsonSerializable(typeof(Ephemeral))]
[JsonSerializable(typeof(InboxChange))]
[JsonSerializable(typeof(Resync))]
[JsonSerializable(typeof(GoAway))]
[JsonSerializable(typeof(VisitorSessionRequest))]
[JsonSerializable(typeof(VisitorSession))]
[JsonSerializable(typeof(VisitorLogout))]
[JsonSerializable(typeof(OperatorSessionRequest))]
[JsonSerializable(typeof(OperatorSession))]
[JsonSerializable(typeof(RegisterDevice))]
[JsonSerializable(typeof(PushNotice))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ConversationList))]
[JsonSerializable(typeof(InboxList))]
[JsonSerializable(typeof(Assignees))]
[JsonSerializable(typeof(InboxSettings))]
[JsonSerializable(typeof(InboxSettingsList))]
[JsonSerializable(typeof(InboxDraft))]
[JsonSerializable(typeof(InboxPatch))]
[JsonSerializable(typeof(IdentityKey))]
[JsonSerializable(typeof(OperatorSettings))]
[JsonSerializable(typeof(OperatorSettingsList))]
[JsonSerializable(typeof(OperatorDraft))]
[JsonSerializable(typeof(AddedOperator))]
[JsonSerializable(typeof(OperatorPatch))]
[JsonSerializable(typeof(TeamSettings))]
[JsonSerializable(typeof(TeamSettingsList))]
[JsonSerializable(typeof(TeamDraft))]
[JsonSerializable(typeof(SigningKey))]
[JsonSerializable(typeof(IdentityKeyList))]
[JsonSerializable(typeof(WidgetSettings))]
[JsonSerializable(typeof(CannedReply))]
[JsonSerializable(typeof(CannedReplyDraft))]
[JsonSerializable(typeof(CannedReplyList))]
[JsonSerializable(typeof(OperatorStateList))]
[JsonSerializable(typeof(OperatorChange))]
[JsonSerializable(typeof(OwnAvailability))]
[JsonSerializable(typeof(SignInMethods))]
[JsonSerializable(typeof(BlockVisitor))]
[JsonSerializable(typeof(Dictionary<string, string>))]
public sealed partial class ChatJson : JsonSerializerContext
{
    /// <summary>
    /// The context to use on the wire: text that is not ASCII stays as it is (a Cyrillic letter is two bytes and not six). Nothing here is ever
    /// put into HTML unescaped.
    /// </summary>
    public static ChatJson Wire => LazyWire.Value;

    // Lazy: the order in which static fields of the two halves of this class are set is not defined.
    private static readonly Lazy<ChatJson> LazyWire = new(() =>
        new ChatJson(new JsonSerializerOptions(Default!.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
    );
}
