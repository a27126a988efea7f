using System.Text.Json;
using System.Text.Json.Nodes;
using Chat.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Chat.Server.Api;

/// <summary>What the contract's own converters write, which the framework cannot know.</summary>
internal sealed class ApiDocumentSchemas : IOpenApiSchemaTransformer
{
    /// <summary>What lists the words of now without closing the list; several generators know it.</summary>
    private const string KnownWords = "x-extensible-enum";

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (IsId(bare))
            Become(schema, "uuid");
        else if (bare == typeof(DateTimeOffset))
            Become(schema, "date-time");
        else if (bare.IsEnum)
            BecomeWord(schema, bare, context.JsonTypeInfo.Options);
        else
            schema.Type ??= TypeOf(bare);
        // Of elements with a converter the framework says nothing at all.
        if (context.JsonTypeInfo.ElementType is { } element && IsId(element))
        {
            var id = new OpenApiSchema();
            Become(id, "uuid");
            schema.Items = id;
        }
        // A parameter of a record without a default is not there either when it is null.
        foreach (
            var property in context.JsonTypeInfo.Properties.Where(property => property.IsGetNullable || IsNullable(property.PropertyType))
        )
            schema.Required?.Remove(property.Name);
        return Task.CompletedTask;
    }

    private static void Become(OpenApiSchema schema, string format)
    {
        schema.Type = JsonSchemaType.String;
        schema.Format = format;
    }

    /// <summary>Of a field with a converter that reads null as its default, of which the framework knows nothing.</summary>
    private static JsonSchemaType? TypeOf(Type type) =>
        type == typeof(bool) ? JsonSchemaType.Boolean
        : type == typeof(int) ? JsonSchemaType.Integer
        : type == typeof(string) ? JsonSchemaType.String
        : null;

    /// <summary>An open word: a closed enumeration would make generated clients fail at the first word of a later version.</summary>
    private static void BecomeWord(OpenApiSchema schema, Type type, JsonSerializerOptions options)
    {
        schema.Type = JsonSchemaType.String;
        schema.Enum = null;
        var words = Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, options.GetTypeInfo(type)));
        schema.Extensions = new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal)
        {
            [KnownWords] = new JsonNodeExtension(new JsonArray(words.ToArray())),
        };
    }

    private static bool IsNullable(Type type) => Nullable.GetUnderlyingType(type) is not null;

    private static bool IsId(Type type) =>
        type.IsValueType && Array.Exists(type.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IId<>));
}
