using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>The connection that a log writer keeps, and what tells later whether a call on it will ever be answered.</summary>
/// <param name="Connection">Its own, from the pool.</param>
/// <param name="Notice">What is heard on it.</param>
/// <param name="Call">What the server knows its calls by.</param>
internal sealed record WriterSession(NpgsqlConnection Connection, CommitNotice Notice, ServerCall Call);
