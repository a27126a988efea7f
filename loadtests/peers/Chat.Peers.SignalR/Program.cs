using System.Text;
using Chat.Peers.SignalR;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

var builder = WebApplication.CreateBuilder(args);
var settings = builder.Configuration;
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls($"http://127.0.0.1:{settings["PORT"]}");

// Plain Npgsql, the fastest of the usual ways; statements are prepared by themselves.
builder.Services.AddSingleton(
    NpgsqlDataSource.Create($"{settings["POSTGRES"]};Max Auto Prepare=10;Auto Prepare Min Usages=2;Maximum Pool Size=20")
);
builder
    .Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
    .AddJwtBearer(options =>
    {
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidateIssuer = false,
            ValidateAudience = false,
            IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(settings["SECRET"]!)),
        };
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = context =>
            {
                context.Token = context.Request.Query["access_token"];
                return Task.CompletedTask;
            },
        };
    });
builder.Services.AddSingleton<Messages>();
builder.Services.AddAuthorization();
builder.Services.AddSignalR().AddStackExchangeRedis(settings["REDIS"]!);

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapHub<ChatHub>("/chat").RequireAuthorization();
app.MapGet("/heap", () => GC.GetTotalMemory(forceFullCollection: true));
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine("listening"));
app.Run();
