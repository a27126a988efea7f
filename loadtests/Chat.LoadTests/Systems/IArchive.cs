using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Systems;

/// <summary>A system that can be filled with messages and read page by page.</summary>
internal interface IArchive : ISystem
{
    /// <summary>Writes so many messages into each of so many conversations, past the servers; they count from 1.</summary>
    Task FillAsync(int conversations, int messages, CancellationToken cancellation);

    /// <summary>One of the people who turn pages: he may read every conversation whose number leaves his when divided by theirs.</summary>
    WebSocketLink Browse(int reader, int readers);

    /// <summary>Reads so many messages that end with the last one; throws when others came.</summary>
    void ReadPage(WebSocketLink link, int conversation, int last, int count);
}
