using System.Reflection;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Identity;

namespace Chat.Server.Api;

/// <summary>
/// Refuses parameters of the address that a route does not take: a misspelt filter would be answered with everything. Which it takes is read from its method, once.
/// </summary>
internal static class KnownParameters
{
    private const int NameLength = 64;

    public static T RefuseUnknownParameters<T>(this T routes)
        where T : IEndpointConventionBuilder => routes.AddEndpointFilterFactory(Make);

    private static EndpointFilterDelegate Make(EndpointFilterFactoryContext route, EndpointFilterDelegate next)
    {
        var known = route.MethodInfo.GetParameters().Where(IsOfAddress).Select(parameter => parameter.Name!).ToArray();
        return call =>
            call.HttpContext.Request.QueryString.HasValue && FindUnknown(call.HttpContext.Request, known) is { } unknown
                ? new(Problems.Problem(unknown))
                : next(call);
    }

    private static Refusal? FindUnknown(HttpRequest request, string[] known)
    {
        foreach (var (name, _) in request.Query)
        {
            // What is part of the path is no parameter behind it.
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase) || request.RouteValues.ContainsKey(name))
                return Refuse(name);
        }
        return null;
    }

    private static Refusal Refuse(string name) =>
        name == CallerAuthentication.QueryToken
            ? Refusal.Of(name, FieldFault.NotAllowed, "The token goes into the header Authorization; only hubs take it here.")
            : Refusal.Of(name.Length > NameLength ? name[..NameLength] : name, FieldFault.Unknown, "The route takes no such parameter.");

    private static bool IsOfAddress(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        type = type.IsArray ? type.GetElementType()! : type;
        return type == typeof(string) || type == typeof(Guid) || type.IsPrimitive;
    }
}
