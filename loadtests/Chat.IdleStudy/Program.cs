using System.Globalization;
using Chat.IdleStudy;

// Without arguments the study; with them one of the servers that it measures, as a process of its own.
if (args is [var layers, var port])
    return await StudyServer.RunAsync(Enum.Parse<Layers>(layers), int.Parse(port, CultureInfo.InvariantCulture));
await Study.RunAsync(connections: 5_000);
return 0;
