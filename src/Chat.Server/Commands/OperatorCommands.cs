using System.CommandLine;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;
using Chat.Server.Operators;

namespace Chat.Server.Commands;

/// <summary><c>operator add</c> and <c>operator disable</c>.</summary>
internal static class OperatorCommands
{
    private static readonly Option<string> Email = new("--email") { Description = "E-mail address: the account's name.", Required = true };

    private static readonly Option<string> Name = new("--name") { Description = "Name that visitors see.", Required = true };

    private static readonly Option<OperatorRole> Role = new("--role")
    {
        Description = "operator, supervisor or admin.",
        DefaultValueFactory = _ => OperatorRole.Operator,
    };

    private static readonly Option<string[]> Inboxes = new("--inbox")
    {
        Description = "Key of an inbox to be a member of. May be given several times.",
        DefaultValueFactory = _ => [],
    };

    public static Command Describe(IServiceProvider services)
    {
        var add = new Command("add", "Adds an operator and prints a password, which he must change when he first signs in.")
        {
            Email,
            Name,
            Role,
            Inboxes,
        };
        add.SetAction((parsed, cancellation) => AddAsync(services, parsed, cancellation));
        var disable = new Command("disable", "Ends an operator's sessions and keeps him from signing in.") { Email };
        disable.SetAction((parsed, cancellation) => DisableAsync(services, parsed, cancellation));
        return new Command("operator", "Support staff.") { add, disable };
    }

    private static async Task<int> AddAsync(IServiceProvider services, ParseResult parsed, CancellationToken cancellation)
    {
        var errors = parsed.InvocationConfiguration.Error;
        var (email, name) = (parsed.GetRequiredValue(Email).Trim(), TextRules.NameOrEmpty(parsed.GetRequiredValue(Name)));
        if (OperatorRules.FindFault(email, name) is { } fault)
        {
            await errors.WriteLineAsync("--" + fault.Detail);
            return CommandLine.BadUsage;
        }

        var stores = (Inboxes: services.GetRequiredService<InboxStore>(), Operators: services.GetRequiredService<OperatorStore>());
        var known = (await stores.Inboxes.ListAsync(cancellation)).ToDictionary(
            inbox => inbox.Key,
            inbox => inbox.Id,
            StringComparer.Ordinal
        );
        var keys = parsed.GetRequiredValue(Inboxes);
        if (keys.FirstOrDefault(key => !known.ContainsKey(key)) is { } unknown)
        {
            await errors.WriteLineAsync($"There is no inbox with the key '{unknown}'.");
            return CommandLine.Refused;
        }

        var password = Passwords.Generate();
        var hash = services.GetRequiredService<Passwords>().Hash(password);
        var added = new NewOperator(email, name, parsed.GetValue(Role), hash, MustChange: true);
        if (await stores.Operators.AddAsync(added, cancellation) is not { } id)
        {
            await errors.WriteLineAsync("There is an operator with this e-mail already.");
            return CommandLine.Refused;
        }
        foreach (var key in keys)
            await stores.Inboxes.AddMemberAsync(known[key], id, cancellation);
        await parsed.InvocationConfiguration.Output.WriteLineAsync(
            $"Password, shown only now, to be changed at the first sign-in: {password}"
        );
        return 0;
    }

    private static async Task<int> DisableAsync(IServiceProvider services, ParseResult parsed, CancellationToken cancellation)
    {
        var operators = services.GetRequiredService<OperatorStore>();
        var account = await operators.FindByEmailAsync(parsed.GetRequiredValue(Email), cancellation);
        if (account is null)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync("There is no operator with this e-mail.");
            return CommandLine.Refused;
        }
        await operators.SetDisabledAsync(account.OperatorId, true, cancellation);
        return 0;
    }
}
