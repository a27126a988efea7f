using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Chat.LoadTests.Sockets;
using Chat.LoadTests.Systems;

namespace Chat.LoadTests.Resilience;

/// <summary>One side of a conversation and its connection. Connecting is for any thread, the rest for the loop's.</summary>
internal sealed class Party(Talk talk, bool isSender, ChatAccess access, int home)
{
    // Nodes past the first.
    private int _away;

    public Talk Talk => talk;

    public bool IsSender => isSender;

    /// <summary>Null while it is away.</summary>
    public WebSocketLink? Link { get; set; }

    /// <summary>Failed connects in a row.</summary>
    public int Attempts { get; private set; }

    /// <summary>A new connection is under way.</summary>
    public bool IsComing { get; set; }

    /// <summary>When its call went out; 0: none is under way.</summary>
    public long CallSince { get; set; }

    /// <summary>The next call not before this, after a refusal.</summary>
    public long NotBefore { get; set; }

    /// <summary>When it was cut off; 0: there and caught up.</summary>
    public long AwaySince { get; set; }

    /// <summary>The next attempt is at another node, as a balancer would have it.</summary>
    public void TurnAway() => _away++;

    public bool IsHome => _away == 0;

    /// <summary>The next attempt is where it was at first.</summary>
    public void TurnHome() => _away = 0;

    /// <summary>Connects and says Hello with its cursor; null when nobody is there. Blocks.</summary>
    public Resumed? TryConnect()
    {
        WebSocketLink? link = null;
        try
        {
            link = isSender
                ? HubCalls.Connect(access.Node(home + _away), "/hubs/visitor", access.VisitorToken(talk.Number))
                : HubCalls.Connect(access.Node(home + _away), "/hubs/operator", access.OperatorToken(talk.Number));
            var pushes = new List<string>();
            var cursor = isSender || talk.Id == Guid.Empty ? "" : talk.Cursor;
            var hello = link.Call("Hello", ChatAccess.Hello(cursor), pushes);
            pushes.AddRange(link.TakeRest());
            Attempts = 0;
            return new Resumed(this, link, hello.GetProperty("conversations"), pushes);
        }
        catch (Exception e) when (e is SocketException or IOException or JsonException)
        {
            link?.Dispose();
            Attempts++;
            TurnAway();
            return null;
        }
    }
}

/// <summary>A connection that was made, with what came before the loop took it over.</summary>
internal sealed record Resumed(Party Party, WebSocketLink Link, JsonElement Pages, IReadOnlyList<string> Pushes);
