using System.Net.Sockets;
using System.Text.Json;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Resilience;

/// <summary>One side of a conversation and its connection. Connecting is for any thread, the rest for the loop's.</summary>
internal sealed class Party(Talk talk, bool isSender, ClientRules rules, int home)
{
    // Nodes past the first.
    private int _away;

    public Talk Talk => talk;

    public bool IsSender => isSender;

    /// <summary>Number of the node that the next attempt is at.</summary>
    public int Place => home + _away;

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

    /// <summary>Null when nobody is there. Blocks.</summary>
    public Resumed? TryConnect()
    {
        try
        {
            var resumed = rules.Connect(this);
            Attempts = 0;
            return resumed;
        }
        catch (Exception e) when (e is SocketException or IOException or JsonException)
        {
            Attempts++;
            TurnAway();
            return null;
        }
    }
}

/// <summary>A connection that was made, with what came before the loop took it over.</summary>
/// <param name="Party">Whose.</param>
/// <param name="Link">It.</param>
/// <param name="Missed">What the system answered.</param>
/// <param name="Pushes">Records that came meanwhile.</param>
internal sealed record Resumed(Party Party, WebSocketLink Link, JsonElement Missed, IReadOnlyList<string> Pushes);
