using System.Text.Encodings.Web;
using Chat.Contracts;

namespace Chat.Server.Hosting;

/// <summary>REST speaks the same JSON as the hubs.</summary>
internal static class WireJson
{
    public static IServiceCollection AddWireJson(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(options =>
        {
            var json = options.SerializerOptions;
            json.TypeInfoResolverChain.Insert(0, ChatJson.Wire);
            json.Converters.Add(new TimeConverter());
            json.DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull;
            json.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
}
