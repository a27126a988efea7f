namespace Chat.Server.Storage;

/// <summary>The tables: made and changed by <c>migrate</c>, kept ahead of time by <c>maintain</c>.</summary>
internal interface ISchema
{
    /// <summary>Brings the schema to this version and then does what <see cref="MaintainAsync"/> does. Safe on many nodes at once.</summary>
    Task MigrateAsync(CancellationToken cancellation);

    /// <summary>Makes the partitions of the months to come. Safe at any time, on many nodes at once.</summary>
    Task MaintainAsync(CancellationToken cancellation);

    /// <summary>How the schema stands to this version.</summary>
    Task<SchemaState> CheckAsync(CancellationToken cancellation);
}

/// <summary>How a schema stands to the version that looks at it.</summary>
internal enum SchemaState
{
    /// <summary>Migrations are missing: the server must not start.</summary>
    Older = 0,

    /// <summary>Exactly the one of this version.</summary>
    Current = 1,

    /// <summary>A later version has been at it. Schemas only ever expand, so this one still runs.</summary>
    Newer = 2,
}
