using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Chat.IdleStudy;

/// <summary>A connection as SignalR's hubs take one.</summary>
internal sealed class LeanConnection(IDuplexPipe transport) : ConnectionContext
{
    private static readonly FeatureCollection NoFeatures = new();
    private static long _last;

    private readonly long _number = Interlocked.Increment(ref _last);
    private Dictionary<object, object?>? _items;

    public override string ConnectionId
    {
        get => _number.ToString(CultureInfo.InvariantCulture);
        set => throw new NotSupportedException();
    }

    public override IFeatureCollection Features => NoFeatures;

    public override IDictionary<object, object?> Items
    {
        get => _items ??= [];
        set => throw new NotSupportedException();
    }

    public override IDuplexPipe Transport
    {
        get => transport;
        set => throw new NotSupportedException();
    }
}
