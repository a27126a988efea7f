using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Life;

public sealed class ConversationMapTests
{
    private static readonly ConversationId Draft = new(Guid.NewGuid());

    [Fact]
    public void A_conversation_is_found_in_the_snapshot_in_which_it_gets_the_servers_id()
    {
        var opened = ConversationMap.Empty.With(State(Draft, 0)).Renamed(Draft, Pages.Id);

        Assert.Equal((Pages.Id, 0), (opened[Draft].Id, opened[Draft].Seq));
        Assert.Equal([Pages.Id], opened.Keys);
    }

    [Fact]
    public void What_a_push_has_made_known_before_stays()
    {
        var opened = ConversationMap.Empty.With(State(Draft, 0)).With(State(Pages.Id, 2)).Renamed(Draft, Pages.Id);

        Assert.Equal(2, opened[Draft].Seq);
        Assert.Equal([Pages.Id], opened.Keys);
    }

    private static ConversationState State(ConversationId id, int seq) =>
        new()
        {
            Id = id,
            Seq = seq,
            Items = [],
            Cursors = new ConversationCursors(default, default),
        };
}
