using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
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
            // As the hubs: numbers are numbers, names have one case, and null is no value of what must be there.
            json.NumberHandling = JsonNumberHandling.Strict;
            json.PropertyNameCaseInsensitive = false;
            json.RespectNullableAnnotations = true;
            json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
}
