using System.CommandLine;
using System.Security.Cryptography;
using Buddies.Engine.Events;
using Buddies.Storage.Keys;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies keys</c>: makes keys, and the lines by which a server knows them.</summary>
internal static class KeysCommand
{
    private static readonly Option<string?> s_file = new("--file") { Description = "The key file to append the line to; else it is only printed.", HelpName = "FILE" };
    private static readonly Option<string> s_name = new("--name") { Description = "Whose key: what the audit log calls it.", HelpName = "NAME", Required = true };
    private static readonly Option<string> s_role = NewRole();
    private static readonly Option<string?> s_user = new("--user") { Description = "The one listener of a client's key.", HelpName = "ID" };
    private static readonly Option<string?> s_kinds = new("--kinds") { Description = "Kinds of events it may send, separated by commas. Default: all.", HelpName = "KINDS" };
    private static readonly Option<string?> s_source = new("--source") { Description = "The producer's name that its events carry.", HelpName = "NAME" };
    private static readonly Option<bool> s_catalogue = new("--catalogue") { Description = "A producer may change tracks and playlists." };
    private static readonly Option<int> s_days = NumberOption.Whole("--days", "Days until it ends; 0 for no end.", 0, 0, 36_500);
    private static readonly Option<int> s_rate = NumberOption.Whole("--requests-per-second", "Most requests a second; 0 for the server's default.", 0, 0, 1_000_000);
    private static readonly Option<int> s_streams = NumberOption.Whole("--streams", "Most live streams at one time; 0 for the server's default.", 0, 0, 100_000);
    private static readonly Argument<string> s_id = new("ID") { Description = "A key's or token's id: the second part of its text, between the dots." };

    public static Command Create()
    {
        var add = new Command("add", "Make a key. It is printed once, on stdout; its line, which holds only its hash, goes to the file.")
        {
            s_role, s_name, s_user, s_kinds, s_source, s_catalogue, s_days, s_rate, s_streams, s_file,
        };
        add.SetAction((parsed, token) => ToolRunner.RunAsync(() => AddAsync(parsed), token));
        var signing = new Command("signing", "Make a secret that signs tokens. The last one of a file signs, all of them verify.") { s_file };
        signing.SetAction((parsed, token) => ToolRunner.RunAsync(() => SigningAsync(parsed), token));
        var revoke = new Command("revoke", "Make the line that ends a key or a token.") { s_id, s_file };
        revoke.SetAction((parsed, token) => ToolRunner.RunAsync(() => RevokeAsync(parsed), token));
        return new Command("keys", "Make and revoke keys of a server.") { add, signing, revoke };
    }

    private static async Task AddAsync(ParseResult parsed)
    {
        var (text, id, sha256) = AccessKeyText.Create();
        var role = Enum.Parse<AccessRole>(parsed.GetRequiredValue(s_role), ignoreCase: true);
        var days = parsed.GetValue(s_days);
        var key = new AccessKey(id, parsed.GetRequiredValue(s_name), role, sha256)
        {
            User = parsed.GetValue(s_user),
            Kinds = parsed.GetValue(s_kinds)?.Split(',').Select(Kind).ToArray(),
            Source = parsed.GetValue(s_source),
            Catalogue = parsed.GetValue(s_catalogue),
            Expires = days == 0 ? null : TimeProvider.System.GetUtcNow().AddDays(days),
            RequestsPerSecond = NullIfZero(parsed.GetValue(s_rate)),
            Streams = NullIfZero(parsed.GetValue(s_streams)),
        };
        string line;
        try
        {
            line = AccessKeys.LineOf(key);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }

        await GiveAsync(parsed, line);
        if (parsed.GetValue(CommonOptions.Json))
        {
            ToolRunner.PrintJson(parsed, new { key = text, id, line });
        }
        else
        {
            Console.Out.WriteLine(text);
        }
    }

    private static async Task SigningAsync(ParseResult parsed)
    {
        var signing = new SigningSecret(AccessKeyText.NewId(), RandomNumberGenerator.GetBytes(32));
        await GiveAsync(parsed, AccessKeys.LineOf(signing));
        ToolRunner.PrintJson(parsed, new { id = signing.Id });
    }

    private static async Task RevokeAsync(ParseResult parsed)
    {
        var id = parsed.GetRequiredValue(s_id);
        var line = AccessKeys.LineOfRevoked(id);
        await GiveAsync(parsed, line);
        ToolRunner.PrintJson(parsed, new { id, line });
    }

    /// <summary>Appends the line to the file, which only its owner may read; or prints it for people.</summary>
    private static async Task GiveAsync(ParseResult parsed, string line)
    {
        if (parsed.GetValue(s_file) is not { } path)
        {
            await Console.Error.WriteLineAsync(line);
            return;
        }

        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(path, options);
        var endsALine = file.Length == 0;
        if (!endsALine)
        {
            file.Seek(-1, SeekOrigin.End);
            endsALine = file.ReadByte() == '\n';
        }

        file.Seek(0, SeekOrigin.End);
        await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"{(endsALine ? "" : "\n")}{line}\n"));
        await Console.Error.WriteLineAsync($"Appended to {path}; a running server takes it up within seconds.");
    }

    private static int? NullIfZero(int value) => value == 0 ? null : value;

    private static EventKind Kind(string name) => EventKinds.TryParse(name.Trim(), out var kind)
        ? kind
        : throw new UsageException($"--kinds: expected some of {string.Join(", ", EventKinds.Names)}, got '{name}'.");

    private static Option<string> NewRole()
    {
        var option = new Option<string>("--role") { Description = "What it is for.", Required = true };
        option.AcceptOnlyFromAmong([.. Enum.GetNames<AccessRole>().Select(name => name.ToLowerInvariant())]);
        return option;
    }
}
