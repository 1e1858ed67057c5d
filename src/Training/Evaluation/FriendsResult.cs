namespace Buddies.Training.Evaluation;

/// <summary>How well taste vectors find friends.</summary>
/// <param name="Recall">Mean over listeners of the share of friends among the top k.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end of its 95 % interval.</param>
/// <param name="Auc">Mean over listeners of the probability that a friend ranks above one who is none.</param>
/// <param name="K">How many buddies were looked at.</param>
/// <param name="Listeners">Listeners with a friend.</param>
/// <param name="Pool">Listeners among whom buddies were looked for, the listener included.</param>
/// <param name="SnapshotVersion">The model version.</param>
/// <param name="TuningHalf">Recall of the listeners by whose friends constants may be chosen (<see cref="FriendHalves"/>).</param>
/// <param name="OtherHalf">Recall of the others.</param>
/// <param name="Baselines">Recall of the simple rankings.</param>
public sealed record FriendsResult(
    double Recall,
    double Low,
    double High,
    double Auc,
    int K,
    int Listeners,
    int Pool,
    int SnapshotVersion,
    MeanInterval TuningHalf,
    MeanInterval OtherHalf,
    FriendsBaselines Baselines);

/// <summary>Recall of rankings that need no training.</summary>
/// <param name="Random">Anybody.</param>
/// <param name="Popularity">Whoever has the most facts.</param>
/// <param name="LogTfIdf">Cosine of log-TF-IDF of play counts.</param>
/// <param name="WeightedMean">Cosine of weighted means of the model's track factors.</param>
public sealed record FriendsBaselines(double Random, double Popularity, double LogTfIdf, double WeightedMean);
