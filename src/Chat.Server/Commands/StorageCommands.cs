using System.CommandLine;
using Chat.Server.Storage;
using Chat.Server.Web;

namespace Chat.Server.Commands;

/// <summary><c>migrate</c> and <c>maintain</c>: before servers of a new version start, and once a day.</summary>
internal static class StorageCommands
{
    public static Command DescribeMigrate(IServiceProvider services)
    {
        var command = new Command(
            "migrate",
            "Brings the database's schema to this version, keeps its screens there, and does what maintain does. Safe to repeat."
        );
        command.SetAction(
            async (_, cancellation) =>
            {
                await services.GetRequiredService<ISchema>().MigrateAsync(cancellation);
                await services.GetRequiredService<AssetStore>().KeepAsync(cancellation);
            }
        );
        return command;
    }

    public static Command DescribeMaintain(IServiceProvider services)
    {
        var command = new Command("maintain", "Makes the partitions of the next three months. Run it every day; it is safe to repeat.");
        command.SetAction(async (_, cancellation) => await services.GetRequiredService<ISchema>().MaintainAsync(cancellation));
        return command;
    }
}
