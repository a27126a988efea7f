using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Chat.Contracts;

namespace Chat.Server.Tests.Wire;

/// <summary>A field that is absent means null and the other way round, in every record of both hubs and of REST: many serializers write null for what is not set.</summary>
public sealed class OptionalFieldTests
{
    [Fact]
    public void Null_in_an_optional_field_reads_as_its_absence_in_every_record()
    {
        var seen = new HashSet<(Type Record, string Field)>();
        foreach (var frame in Frame.All)
            Walk(frame, frame.Text["json"], frame.Record, [], seen);

        var records = seen.Select(field => field.Record).ToHashSet();
        Assert.Empty(Reachable(Frame.All.Select(frame => frame.Record)).Where(HasOptional).Except(records).Select(record => record.Name));
        Assert.InRange(seen.Count, 120, int.MaxValue);
    }

    [Fact]
    public void Every_field_of_what_clients_send_is_required_or_optional_and_nothing_between()
    {
        var sent = Frame.All.Where(frame => frame["direction"] == "client").Select(frame => frame.Record);

        var between = Reachable(sent)
            .SelectMany(record =>
                Fields(record).Where(field => !field.IsRequired && !IsOptional(field)).Select(field => $"{record.Name}.{field.Name}")
            );
        Assert.Empty(between);
    }

    private static void Walk(Frame frame, JsonNode? node, Type type, ImmutableList<object> path, HashSet<(Type, string)> seen)
    {
        if (node is JsonArray items && ItemOf(type) is { } item)
        {
            for (var i = 0; i < items.Count; i++)
                Walk(frame, items[i], item, path.Add(i), seen);
        }
        if (node is not JsonObject fields)
            return;
        foreach (var field in Fields(type))
        {
            if (IsOptional(field))
            {
                AssertNullIsAbsent(frame, path, field.Name);
                seen.Add((type, field.Name));
            }
            Walk(frame, fields[field.Name], field.PropertyType, path.Add(field.Name), seen);
        }
    }

    private static void AssertNullIsAbsent(Frame frame, ImmutableList<object> path, string field)
    {
        var json = frame.Text["json"]!.DeepClone();
        var target = path.Aggregate(json, (node, step) => step is int i ? node[i]! : node[(string)step]!).AsObject();

        target.Remove(field);
        var absent = Reread(frame, json);
        target[field] = null;

        Assert.Equal((frame.File, field, absent), (frame.File, field, Reread(frame, json)));
    }

    private static string Reread(Frame frame, JsonNode json)
    {
        try
        {
            return JsonSerializer.Serialize(
                JsonSerializer.Deserialize(json.ToJsonString(), frame.Record, ChatJson.Wire),
                frame.Record,
                ChatJson.Wire
            );
        }
        catch (JsonException e)
        {
            return e.Message;
        }
    }

    private static HashSet<Type> Reachable(IEnumerable<Type> roots)
    {
        var found = new HashSet<Type>();
        var next = new Stack<Type>(roots);
        while (next.TryPop(out var type))
        {
            var bare = ItemOf(type) ?? Nullable.GetUnderlyingType(type) ?? type;
            if (Fields(bare).Count > 0 && found.Add(bare))
                Fields(bare).ToList().ForEach(field => next.Push(field.PropertyType));
        }
        return found;
    }

    private static bool HasOptional(Type record) => Fields(record).Any(IsOptional);

    /// <summary>Those on the wire; none for what is no record.</summary>
    private static IReadOnlyList<JsonPropertyInfo> Fields(Type type) =>
        type.Namespace == typeof(ChatJson).Namespace && ChatJson.Wire.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } info
            ? [.. info.Properties.Where(property => property.Get is not null)]
            : [];

    private static Type? ItemOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>It may be null, has a default, or may be left out of an initializer.</summary>
    private static bool IsOptional(JsonPropertyInfo field) =>
        !field.IsRequired
        && (
            Nullable.GetUnderlyingType(field.PropertyType) is not null
            || field.IsGetNullable
            || field.AssociatedParameter is null or { HasDefaultValue: true } or { IsMemberInitializer: true }
        );
}
