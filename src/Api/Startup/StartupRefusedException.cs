namespace Buddies.Api.Startup;

/// <summary>The server will not start as configured; the message is for whoever started it.</summary>
/// <param name="message">What is wrong and what to do instead.</param>
public sealed class StartupRefusedException(string message) : Exception(message);
