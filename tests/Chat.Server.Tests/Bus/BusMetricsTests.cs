using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Chat.Server.Bus;
using Chat.Server.Observability;
using Chat.Testing.Services;

namespace Chat.Server.Tests.Bus;

public sealed class BusMetricsTests
{
    [Fact]
    public async Task The_bus_counts_what_it_does()
    {
        var sums = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == ChatMeter.Meter)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((i, value, _, _) => sums.AddOrUpdate(i.Name, value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<double>((i, value, _, _) => sums.AddOrUpdate(i.Name, value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<int>((i, value, _, _) => sums[i.Name] = value);
        listener.Start();
        var redis = await RedisService.SharedAsync();
        var prefix = RedisNode.NewPrefix();
        var offline = RedisNode.New(redis.Configuration, prefix);

        await using var a = await BusProbe.StartUpAsync(RedisNode.New(redis.Configuration, prefix));
        await using var b = await BusProbe.StartUpAsync(RedisNode.New(redis.Configuration, prefix));
        offline.Publish(0, new byte[] { 0 });
        a.Bus.Publish(0, new byte[] { 1 });
        await b.NextAsync();
        listener.RecordObservableInstruments();

        // At least: tests beside this one count on the same instruments.
        Assert.InRange(sums["chat.bus.published"], 1, double.MaxValue);
        Assert.InRange(sums["chat.bus.received"], 1, double.MaxValue);
        Assert.InRange(sums["chat.bus.dropped"], 1, double.MaxValue);
        Assert.InRange(sums["chat.bus.up"], 2, double.MaxValue);
        Assert.InRange(sums["chat.bus.heartbeat.duration"], double.Epsilon, double.MaxValue);
    }
}
