using Microsoft.Extensions.DependencyInjection;

namespace Chat.Client;

/// <summary>Clients as services of an app or a host. One instance, which the container disposes of; who starts and stops it is the app.</summary>
public static class ChatServices
{
    /// <summary>Adds a visitor's client.</summary>
    /// <param name="services">The app's.</param>
    /// <param name="options">Makes the options, of other services too; asked when the client is first needed.</param>
    public static IServiceCollection AddChatClient(this IServiceCollection services, Func<IServiceProvider, ChatClientOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return services.AddSingleton(provider => new ChatClient(options(provider)));
    }

    /// <summary>Adds an operator's client.</summary>
    /// <param name="services">The app's.</param>
    /// <param name="options">As above.</param>
    public static IServiceCollection AddOperatorClient(
        this IServiceCollection services,
        Func<IServiceProvider, OperatorClientOptions> options
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        return services.AddSingleton(provider => new OperatorClient(options(provider)));
    }
}
