using System.CommandLine;
using System.Text;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;

namespace Chat.Server.Commands;

/// <summary><c>inbox add</c> and <c>inbox list</c>.</summary>
internal static class InboxCommands
{
    private static readonly Option<string> Name = new("--name") { Description = "Name that operators see.", Required = true };

    private static readonly Option<string?> Key = new("--key")
    {
        Description = "Public key for the host page's snippet: letters, digits, '-' and '_'. Default: a random one.",
    };

    private static readonly Option<string[]> Origins = new("--origin")
    {
        Description = "Origin of a host page, scheme://host[:port]. May be given several times.",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> Native = new("--native") { Description = "Accept native apps, which send no Origin." };

    private static readonly Option<int> OpenConversations = new("--open-conversations")
    {
        Description = "How many conversations that are not closed a visitor may have opened.",
        DefaultValueFactory = _ => Limits.OpenConversations,
    };

    private static readonly Option<string?> Kid = new("--identity-kid")
    {
        Description = "Name of the key with which the host site signs identity tokens (their kid).",
    };

    private static readonly Option<string?> Algorithm = new("--identity-alg") { Description = "HS256, RS256 or ES256. Fixed for the key." };

    private static readonly Option<string?> SecretVariable = new("--identity-secret-env")
    {
        Description = "Environment variable that holds the HS256 secret (32 bytes or more) or the public key in PEM.",
    };

    public static Command Describe(IServiceProvider services)
    {
        var add = new Command("add", "Adds an inbox.") { Name, Key, Origins, Native, OpenConversations, Kid, Algorithm, SecretVariable };
        add.SetAction((parsed, cancellation) => AddAsync(services, parsed, cancellation));
        var list = new Command("list", "Lists the inboxes.");
        list.SetAction((parsed, cancellation) => ListAsync(services, parsed.InvocationConfiguration.Output, cancellation));
        return new Command("inbox", "Websites, apps and brands.") { add, list };
    }

    private static async Task<int> AddAsync(IServiceProvider services, ParseResult parsed, CancellationToken cancellation)
    {
        var errors = parsed.InvocationConfiguration.Error;
        var inbox = new Inbox
        {
            Id = new InboxId(Guid.CreateVersion7(services.GetRequiredService<TimeProvider>().GetUtcNow())),
            Key = parsed.GetValue(Key) ?? InboxRules.NewKey(),
            Name = TextRules.NameOrEmpty(parsed.GetRequiredValue(Name)),
            Origins = InboxRules.Normalize(parsed.GetRequiredValue(Origins)),
            AllowNativeApps = parsed.GetValue(Native),
            OpenConversations = parsed.GetValue(OpenConversations),
        };
        var key = ReadKey(parsed, inbox.Id, out var keyFault);
        var inboxFault = InboxRules.FindFault(inbox) is { } found ? "--" + found.Detail : null;
        if ((keyFault ?? inboxFault) is { } fault)
        {
            await errors.WriteLineAsync(fault);
            return CommandLine.BadUsage;
        }
        if (!await services.GetRequiredService<InboxStore>().AddAsync(inbox, cancellation))
        {
            await errors.WriteLineAsync($"There is an inbox with the key '{inbox.Key}' already.");
            return CommandLine.Refused;
        }
        if (key is not null)
            await services.GetRequiredService<KeyStore>().AddInboxKeyAsync(key, cancellation);
        await parsed.InvocationConfiguration.Output.WriteLineAsync($"{inbox.Key}\t{inbox.Id}");
        return 0;
    }

    private static async Task<int> ListAsync(IServiceProvider services, TextWriter output, CancellationToken cancellation)
    {
        foreach (var inbox in await services.GetRequiredService<InboxStore>().ListAsync(cancellation))
        {
            var native = inbox.AllowNativeApps ? "native" : "web";
            await output.WriteLineAsync($"{inbox.Key}\t{inbox.Id}\t{inbox.Name}\t{native}\t{string.Join(' ', inbox.Origins)}");
        }
        return 0;
    }

    // The secret comes through the environment: arguments stand in the process list and in the shell's history.
    private static InboxKey? ReadKey(ParseResult parsed, InboxId inbox, out string? fault)
    {
        fault = null;
        var (kid, algorithm, variable) = (parsed.GetValue(Kid), parsed.GetValue(Algorithm), parsed.GetValue(SecretVariable));
        if (kid is null && algorithm is null && variable is null)
            return null;
        if (string.IsNullOrWhiteSpace(kid) || algorithm is null || variable is null)
        {
            fault = "--identity-kid, --identity-alg and --identity-secret-env belong together.";
            return null;
        }
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } secret)
        {
            fault = $"The environment variable {variable} is empty.";
            return null;
        }
        var material = Encoding.UTF8.GetBytes(secret);
        fault = IdentityTokens.FindKidFault(kid) is { } found
            ? "--identity-" + found.Detail
            : IdentityTokens.FindFault(algorithm, material)?.Detail;
        return fault is null ? new InboxKey(inbox, kid, algorithm, material) : null;
    }
}
