using Chat.IdleStudy;

// Without arguments the study; with them one of the servers that it measures, as a process of its own.
if (args is [var layers])
    return await StudyServer.RunAsync(Enum.Parse<Layers>(layers));
await Study.RunAsync(connections: 5_000);
return 0;
