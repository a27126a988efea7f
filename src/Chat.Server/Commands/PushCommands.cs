using System.CommandLine;
using System.Globalization;
using Chat.Server.Devices;

namespace Chat.Server.Commands;

/// <summary><c>push dead</c>, <c>push retry</c>.</summary>
internal static class PushCommands
{
    public static Command Describe(IServiceProvider services)
    {
        var dead = new Command("dead", "Lists pushes that were given up: when, attempts, device, conversation, seq, why.");
        dead.SetAction(
            async (parsed, cancellation) =>
            {
                foreach (var push in await services.GetRequiredService<PushStore>().ReadDeadAsync(cancellation))
                {
                    var line = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{push.DeadAt:u} {push.Attempts} {push.DeviceId} {push.ConversationId} {push.Seq} {push.Error}"
                    );
                    await parsed.InvocationConfiguration.Output.WriteLineAsync(line);
                }
                return 0;
            }
        );
        var retry = new Command("retry", "Tries them all once more.");
        retry.SetAction(
            async (parsed, cancellation) =>
            {
                var many = await services.GetRequiredService<PushStore>().ReviveAsync(cancellation);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(many.ToString(CultureInfo.InvariantCulture));
                return 0;
            }
        );
        return new Command("push", "Waking visitors' devices.") { dead, retry };
    }
}
