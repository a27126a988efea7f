using Chat.Server.Observability;
using Microsoft.Extensions.Options;

namespace Chat.Server.Networks;

/// <summary>What is counted by network.</summary>
internal enum NetworkBudget
{
    Sockets,
    Conversations,
    Sessions,
    Widgets,
    Bytes,
}

/// <summary>
/// What the anonymous visitors of each network have started here. A fixed number of places: a network has the one that its hash names, with the few others
/// that fall on it. So nothing grows with the number of networks, nothing is evicted, and whoever has many networks frees none of them; which networks share
/// a place is another secret in each process.
/// </summary>
internal sealed class NetworkBudgets(IOptions<NetworkOptions> options, TimeProvider time)
{
    private const int Places = 1 << 16;

    // Somebody must leave before there is room.
    private static readonly TimeSpan SocketRetry = TimeSpan.FromSeconds(10);

    // Each is made when it is first used, by whoever comes first, and stays.
    private readonly Place?[] _places = new Place?[Places];

    /// <summary>Most sockets in one place.</summary>
    public int MostSockets => _places.Max(place => place?.Sockets ?? 0);

    /// <summary>One more socket, until <see cref="Leave"/>.</summary>
    /// <param name="network">Where it comes from.</param>
    /// <param name="retryAfter">When refused: when to try again.</param>
    public bool TryEnter(Network network, out TimeSpan retryAfter)
    {
        var most = options.Value.Sockets;
        var place = Of(network);
        lock (place)
        {
            var isRoom = most == 0 || place.Sockets < most;
            retryAfter = isRoom ? TimeSpan.Zero : SocketRetry;
            if (isRoom)
                place.Sockets++;
            return isRoom;
        }
    }

    /// <summary>One more socket, whatever there is room for.</summary>
    public void Enter(Network network)
    {
        var place = Of(network);
        lock (place)
            place.Sockets++;
    }

    public void Leave(Network network)
    {
        var place = Of(network);
        lock (place)
            place.Sockets--;
    }

    /// <param name="budget">Not the sockets.</param>
    /// <param name="network">Whose.</param>
    /// <param name="amount">How much.</param>
    /// <param name="retryAfter">When refused: when to try again.</param>
    public bool TryTake(NetworkBudget budget, Network network, double amount, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        var most = Most(budget);
        if (most == 0)
            return true;
        var place = Of(network);
        lock (place)
            return place.Of(budget).TryTake(time, amount, most, out retryAfter);
    }

    /// <summary>What was taken was not used.</summary>
    public void Return(NetworkBudget budget, Network network, double amount)
    {
        var place = Of(network);
        lock (place)
            place.Of(budget).Return(amount);
    }

    /// <summary>Counts a refusal that follows.</summary>
    public static void Refused(NetworkBudget budget) => ChatMetrics.NetworksRefused.Add(1, Tags[(int)budget]);

    private static readonly KeyValuePair<string, object?>[] Tags =
    [
        .. Enum.GetValues<NetworkBudget>()
            .Select(budget => new KeyValuePair<string, object?>("budget", budget.ToString().ToLowerInvariant())),
    ];

    private double Most(NetworkBudget budget) =>
        budget switch
        {
            NetworkBudget.Conversations => options.Value.Conversations,
            NetworkBudget.Sessions => options.Value.Sessions,
            NetworkBudget.Widgets => options.Value.Sessions * 4.0,
            _ => options.Value.StoredBytes,
        };

    private Place Of(Network network)
    {
        // Seeded anew in each process.
        ref var place = ref _places[HashCode.Combine(network.Prefix, network.IsV6) & (Places - 1)];
        return Volatile.Read(ref place) ?? Interlocked.CompareExchange(ref place, new Place(), null) ?? place;
    }

    /// <summary>Guarded by a lock on it.</summary>
    private sealed class Place
    {
        private Spending _conversations;
        private Spending _sessions;
        private Spending _widgets;
        private Spending _bytes;

        public int Sockets;

        public ref Spending Of(NetworkBudget budget)
        {
            switch (budget)
            {
                case NetworkBudget.Conversations:
                    return ref _conversations;
                case NetworkBudget.Sessions:
                    return ref _sessions;
                case NetworkBudget.Widgets:
                    return ref _widgets;
                default:
                    return ref _bytes;
            }
        }
    }
}
