using System.CommandLine;
using Buddies.Training;

namespace Buddies.Cli;

/// <summary>The options of every command that trains.</summary>
internal static class TrainOptionSet
{
    private static readonly TrainOptions s_defaults = new();

    private static readonly Option<string> s_model = CreateModel();

    private static readonly Option<int> s_dimension = NumberOption.Whole(
        "--dimension", "Length of a taste vector; more separates finer tastes and costs its square.", s_defaults.Als.Dimension, 1, 4096);

    private static readonly Option<int> s_epochs = NumberOption.Whole("--epochs", "How often both sides are solved.", s_defaults.Als.Epochs, 1);

    private static readonly Option<double> s_unobserved = NumberOption.Real(
        "--unobserved-weight", "Weight of each pair of listener and track without a fact.", s_defaults.Als.UnobservedWeight, 0);

    private static readonly Option<double> s_regularization = NumberOption.Positive(
        "--regularization", "How strongly vectors are drawn towards zero.", s_defaults.Als.Regularization);

    private static readonly Option<double> s_exponent = NumberOption.Real(
        "--regularization-exponent", "How far that grows with the facts of a row: 0 not at all, 1 in proportion.", s_defaults.Als.RegularizationExponent, 0, 1);

    private static readonly Option<double> s_deviation = NumberOption.Positive(
        "--initial-deviation", "Standard deviation of the random start, over the root of the dimension.", s_defaults.Als.InitialStdDev);

    private static readonly Option<double> s_rarity = NumberOption.Real(
        "--rarity-exponent", "How much more a fact about a rare track counts; 0 counts all alike.", s_defaults.RarityExponent, 0);

    private static readonly Option<double> s_tags = NumberOption.Real(
        "--tag-weight", "How much tags help to place tracks; 0 leaves them out.", s_defaults.TagWeight, 0);

    private static readonly Option<double> s_playlists = NumberOption.Real(
        "--playlist-weight", "How much playlists help to place tracks; 0 leaves them out.", s_defaults.PlaylistWeight, 0);

    private static readonly Option<double> s_makers = NumberOption.Positive(
        "--maker-weight", "How much listeners who only ever saved tracks help to place them.", s_defaults.MakerWeight);

    private static readonly Option<int> s_threads = NumberOption.Whole(
        "--threads", "Threads; 0 is one for each processor. The result does not depend on it.", s_defaults.Als.Threads, 0);

    /// <summary>The seed, which each command also uses for what else it draws.</summary>
    public static Option<int> Seed { get; } = NumberOption.Whole(
        "--seed", "Where everything random comes from: the same seed gives the same result.", s_defaults.Als.Seed, int.MinValue);

    public static void AddTo(Command command)
    {
        Option[] options = [s_model, s_dimension, s_epochs, s_unobserved, s_regularization, s_exponent, s_deviation, s_rarity, s_tags, s_playlists, s_makers, Seed, s_threads];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }

    public static TrainOptions Read(ParseResult parsed) => s_defaults with
    {
        Links = parsed.GetValue(s_model) == TrainOptions.WithLinks,
        Als = s_defaults.Als with
        {
            Dimension = parsed.GetValue(s_dimension),
            Epochs = parsed.GetValue(s_epochs),
            UnobservedWeight = parsed.GetValue(s_unobserved),
            Regularization = parsed.GetValue(s_regularization),
            RegularizationExponent = parsed.GetValue(s_exponent),
            InitialStdDev = parsed.GetValue(s_deviation),
            Seed = parsed.GetValue(Seed),
            Threads = parsed.GetValue(s_threads),
        },
        RarityExponent = parsed.GetValue(s_rarity),
        TagWeight = parsed.GetValue(s_tags),
        PlaylistWeight = parsed.GetValue(s_playlists),
        MakerWeight = parsed.GetValue(s_makers),
    };

    private static Option<string> CreateModel()
    {
        var option = new Option<string>("--model")
        {
            Description = $"{TrainOptions.FactorsAlone}: factors alone. {TrainOptions.WithLinks}: links between tracks beside them, chosen on a part of the facts; left out where they are not surely better.",
            HelpName = $"{TrainOptions.FactorsAlone}|{TrainOptions.WithLinks}",
            DefaultValueFactory = _ => TrainOptions.FactorsAlone,
        };
        option.AcceptOnlyFromAmong(TrainOptions.FactorsAlone, TrainOptions.WithLinks);
        return option;
    }
}
