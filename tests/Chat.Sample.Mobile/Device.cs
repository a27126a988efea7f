namespace Chat.Sample.Mobile;

/// <summary>What a chat needs of a device. The head project makes it of MAUI's services: see the README.</summary>
public sealed record Device
{
    /// <summary>The app's own folder: <c>FileSystem.AppDataDirectory</c>.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The keychain.</summary>
    public required ISecureStore Secrets { get; init; }

    /// <summary>Foreground and background.</summary>
    public required IAppLife Life { get; init; }

    /// <summary>The network.</summary>
    public required INetwork Network { get; init; }

    /// <summary>Notifications.</summary>
    public required IPush Push { get; init; }

    /// <summary>Runs something on the thread of the screens: <c>MainThread.BeginInvokeOnMainThread</c>.</summary>
    public required Action<Action> OnScreen { get; init; }
}

/// <summary>Small secrets that the platform keeps encrypted. MAUI's <c>ISecureStorage</c> has these two.</summary>
public interface ISecureStore
{
    /// <summary>A value; null: there is none.</summary>
    /// <param name="key">Its name.</param>
    Task<string?> GetAsync(string key);

    /// <summary>Keeps a value.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">What it is from now on.</param>
    Task SetAsync(string key, string value);
}

/// <summary>Whether the app is seen.</summary>
public interface IAppLife
{
    /// <summary>It is in the foreground again. MAUI: <c>Window.Resumed</c>.</summary>
    event Action? Resumed;

    /// <summary>It has left the foreground, and may be frozen or killed soon. MAUI: <c>Window.Stopped</c>.</summary>
    event Action? Stopped;

    /// <summary>Keeps the process awake for a work, and cancels the work when the platform has no more time for it.</summary>
    /// <param name="work">What is to be finished.</param>
    Task FinishAsync(Func<CancellationToken, Task> work);
}

/// <summary>The network of the device.</summary>
public interface INetwork
{
    /// <summary>There is a network again, or another one. MAUI: <c>Connectivity.ConnectivityChanged</c>.</summary>
    event Action? Changed;

    /// <summary>Whether there is one.</summary>
    bool IsThere { get; }
}

/// <summary>The platform's notifications.</summary>
public interface IPush
{
    /// <summary>The platform has given the app another address.</summary>
    event Action<string>? TokenChanged;

    /// <summary>A notification was tapped: the conversation that it is about.</summary>
    event Action<Guid>? Tapped;

    /// <summary>A word of the service that wakes the device: <c>fcm</c>, <c>apns</c>.</summary>
    string Platform { get; }

    /// <summary>Asks the user, and the platform for the app's address; null: the user does not want notifications.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    Task<string?> AskAsync(CancellationToken cancellationToken);
}
