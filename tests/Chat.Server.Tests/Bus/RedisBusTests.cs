using Chat.Server.Bus;
using Chat.Testing.Services;

namespace Chat.Server.Tests.Bus;

public sealed class RedisBusTests : EventBusContract
{
    private readonly string _prefix = RedisNode.NewPrefix();

    private protected override async Task<IEventBus> NewNodeAsync() =>
        RedisNode.New((await RedisService.SharedAsync()).Configuration, _prefix);
}
