using System.CommandLine;
using Chat.Server.Identity;

namespace Chat.Server.Commands;

/// <summary><c>key rotate</c>.</summary>
internal static class KeyCommands
{
    public static Command Describe(IServiceProvider services)
    {
        var rotate = new Command(
            "rotate",
            "Makes a new key for access tokens. The old one verifies until the last token that it signed has ended."
        );
        rotate.SetAction(
            async (parsed, cancellation) =>
            {
                var kid = await services.GetRequiredService<SigningKeys>().RotateAsync(cancellation);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(kid);
                return 0;
            }
        );
        return new Command("key", "Keys that sign access tokens.") { rotate };
    }
}
