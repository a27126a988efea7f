using Chat.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Chat.Server.Api;

/// <summary>What the contract's own converters write, which the framework cannot know.</summary>
internal sealed class ApiDocumentSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (IsId(bare))
            Become(schema, "uuid");
        else if (bare == typeof(DateTimeOffset))
            Become(schema, "date-time");
        else if (bare.IsEnum)
            schema.Type = JsonSchemaType.String;
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

    private static bool IsNullable(Type type) => Nullable.GetUnderlyingType(type) is not null;

    private static bool IsId(Type type) =>
        type.IsValueType && Array.Exists(type.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IId<>));
}
