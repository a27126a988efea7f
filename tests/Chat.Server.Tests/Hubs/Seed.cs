using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Operators;
using Chat.Server.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Hubs;

/// <summary>
/// What is in the database before the node starts: put there by the server's own stores, since a running embedded node has its data folder for itself.
/// The signing key is kept, so that tests can make tokens that the node takes for its own.
/// </summary>
internal sealed class Seed
{
    public const string ShopKey = "shop";
    public const string OtherKey = "other";
    public const string StrictKey = "strict";
    public const string LineKey = "line";
    public const string SilentKey = "silent";
    public const string ShopOrigin = "https://shop.example";

    private readonly SigningKeys _keys;
    private readonly IOptions<IdentityOptions> _options;

    private Seed(SigningKeys keys, IOptions<IdentityOptions> options) => (_keys, _options) = (keys, options);

    /// <summary>Shows previews, and reopens closed conversations.</summary>
    public Inbox Shop { get; } = NewInbox(ShopKey) with { Origins = [ShopOrigin], AllowPreview = true };

    public Inbox Other { get; } = NewInbox(OtherKey);

    /// <summary>Neither reopens nor shows previews.</summary>
    public Inbox Strict { get; } = NewInbox(StrictKey) with { ReopenDays = 0 };

    /// <summary>For tests that count its queue.</summary>
    public Inbox Line { get; } = NewInbox(LineKey);

    /// <summary>Keeps places in the queue to itself.</summary>
    public Inbox Silent { get; } = NewInbox(SilentKey) with { Setup = new InboxSetup { QueuePosition = false } };

    /// <summary>Comes and goes.</summary>
    public OperatorProfile Pia { get; private set; } = null!;

    /// <summary>Member of the shop and of the strict inbox.</summary>
    public OperatorProfile Olga { get; private set; } = null!;

    /// <summary>Several of each, so that the rates of none are exhausted by a long table.</summary>
    public IReadOnlyList<Crew> Crews { get; private set; } = [];

    /// <summary>Stands by.</summary>
    public OperatorProfile Bea { get; private set; } = null!;

    /// <summary>Loses his membership.</summary>
    public OperatorProfile Lars { get; private set; } = null!;

    /// <summary>Is disabled.</summary>
    public OperatorProfile Dora { get; private set; } = null!;

    /// <summary>Gets a new password.</summary>
    public OperatorProfile Gwen { get; private set; } = null!;

    /// <summary>Gets one too.</summary>
    public OperatorProfile Hans { get; private set; } = null!;

    /// <summary>Calls too much.</summary>
    public OperatorProfile Ron { get; private set; } = null!;

    public Team Team { get; private set; } = null!;

    /// <param name="settings">The environment of the node to be.</param>
    public static async Task<Seed> PlantAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
            settings.Select(s => KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), s.Value))
        );
        builder.AddStorage();
        builder.AddIdentity();
        using var host = builder.Build();
        var services = host.Services;
        await services.GetRequiredService<ISchema>().MigrateAsync(CancellationToken.None);
        var keys = services.GetRequiredService<SigningKeys>();
        await keys.StartAsync(CancellationToken.None);
        var seed = new Seed(keys, Options.Create(services.GetRequiredService<IOptions<IdentityOptions>>().Value));
        await seed.FillAsync(services);
        return seed;
    }

    public string TokenOf(OperatorProfile who) => Tokens(TimeProvider.System).ForOperator(who).Text;

    /// <summary>One that ends, or ended, at a certain time.</summary>
    public string TokenOf(OperatorProfile who, DateTimeOffset until) => Tokens(ClockFor(until)).ForOperator(who).Text;

    public string TokenOf(VisitorId visitor, InboxId inbox, DateTimeOffset until) =>
        Tokens(ClockFor(until)).ForVisitor(visitor, inbox, null).Text;

    private static Inbox NewInbox(string key) =>
        new()
        {
            Id = new InboxId(Guid.CreateVersion7()),
            Key = key,
            Name = key,
            AllowNativeApps = true,
            OpenConversations = 100,
        };

    private FakeTimeProvider ClockFor(DateTimeOffset until) => new(until - _options.Value.AccessTokenLife);

    private AccessTokens Tokens(TimeProvider time) => new(_keys, _options, time);

    private async Task FillAsync(IServiceProvider services)
    {
        var inboxes = services.GetRequiredService<InboxStore>();
        foreach (var inbox in (Inbox[])[Shop, Other, Strict, Line, Silent])
            await inboxes.AddAsync(inbox, CancellationToken.None);
        Task<OperatorProfile> Hire(string name, OperatorRole role, params Inbox[] memberOf) => HireAsync(services, name, role, memberOf);
        Olga = await Hire("Olga", OperatorRole.Operator, Shop, Strict);
        Bea = await Hire("Bea", OperatorRole.Operator, Shop);
        Pia = await Hire("Pia", OperatorRole.Operator, Shop, Line);
        Lars = await Hire("Lars", OperatorRole.Operator, Shop, Other);
        Dora = await Hire("Dora", OperatorRole.Operator, Shop);
        Gwen = await Hire("Gwen", OperatorRole.Operator, Shop);
        Hans = await Hire("Hans", OperatorRole.Operator, Shop);
        Ron = await Hire("Ron", OperatorRole.Operator, Shop);
        var crews = new List<Crew>();
        for (var i = 0; i < 4; i++)
        {
            crews.Add(
                new Crew(
                    await Hire($"Oscar{i}", OperatorRole.Operator, Shop),
                    await Hire($"Olaf{i}", OperatorRole.Operator, Shop),
                    await Hire($"Sue{i}", OperatorRole.Supervisor, Shop),
                    await Hire($"Ada{i}", OperatorRole.Admin, Shop),
                    [
                        await Hire($"Otto{i}", OperatorRole.Operator, Other),
                        await Hire($"Sven{i}", OperatorRole.Supervisor, Other),
                        await Hire($"Axel{i}", OperatorRole.Admin, Other),
                    ]
                )
            );
        }
        Crews = crews;
        Team = new Team(
            new TeamId(Guid.CreateVersion7()),
            "Backline-7f3a",
            new HashSet<InboxId> { Shop.Id },
            new HashSet<OperatorId> { Bea.Id }
        );
        await services.GetRequiredService<TeamStore>().AddAsync(Team, CancellationToken.None);
    }

    private static async Task<OperatorProfile> HireAsync(IServiceProvider services, string name, OperatorRole role, Inbox[] memberOf)
    {
        var added = new NewOperator($"{name.ToLowerInvariant()}@support.example", name, role, null, MustChange: false);
        var id = (await services.GetRequiredService<OperatorStore>().AddAsync(added, CancellationToken.None))!.Value;
        foreach (var inbox in memberOf)
            await services.GetRequiredService<InboxStore>().AddMemberAsync(inbox.Id, id, CancellationToken.None);
        return (await services.GetRequiredService<OperatorStore>().FindAsync(id, CancellationToken.None))!.Profile;
    }
}

/// <summary>Members of the shop, and some of the other inbox.</summary>
internal sealed record Crew(
    OperatorProfile Colleague,
    OperatorProfile Operator,
    OperatorProfile Supervisor,
    OperatorProfile Admin,
    IReadOnlyList<OperatorProfile> Foreigners
);
