namespace Chat.LoadTests.Systems.Peers;

/// <summary>Where the peers' sources are, seen from the built program.</summary>
internal static class PeerFolder
{
    public static string Of(string peer)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "peers", peer);
            if (Directory.Exists(path))
                return path;
        }
        throw new InvalidOperationException($"loadtests/peers/{peer} is not above {AppContext.BaseDirectory}.");
    }
}
