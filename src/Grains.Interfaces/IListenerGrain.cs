using Buddies.Engine.Buddies;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Doorman;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Orleans.Concurrency;

namespace Buddies.Grains;

/// <summary>One listener: owns the facts, appends to the log, answers about itself. The key is the user's id.</summary>
/// <remarks>Questions go on while an append waits for the disk; they see the facts before it.</remarks>
[Alias("buddies.IListenerGrain")]
public interface IListenerGrain : IGrainWithStringKey
{
    /// <summary>Makes events of this listener durable, then applies them.</summary>
    /// <param name="events">Valid events, all of this listener.</param>
    /// <returns>Once all are durable.</returns>
    [Alias("Append")]
    ValueTask<IngestResult> AppendAsync(UserEvent[] events);

    /// <summary>The page as of now.</summary>
    [Alias("Home"), AlwaysInterleave]
    ValueTask<HomePage> HomeAsync(HomeRequest request);

    /// <summary>The nearest listeners.</summary>
    [Alias("Buddies"), AlwaysInterleave]
    ValueTask<BuddyList> BuddiesAsync(int count);

    /// <summary>The taste in musical facts.</summary>
    [Alias("Taste"), AlwaysInterleave]
    ValueTask<TasteSummary> TasteAsync();

    /// <summary>A playlist as this listener may see it; null where it may not.</summary>
    [Alias("Playlist"), AlwaysInterleave]
    ValueTask<PlaylistView?> PlaylistAsync(PlaylistId playlist);

    /// <summary>What others may count in common with this listener.</summary>
    [Alias("Known"), AlwaysInterleave]
    ValueTask<KnownTracks> KnownTracksAsync();

    /// <summary>Where this listener stands in a version, whichever serves it.</summary>
    /// <returns>Null for one without events, or where this silo does not have the version.</returns>
    [Alias("Stand"), AlwaysInterleave]
    ValueTask<Move?> StandAsync(int version);

    /// <summary>Sees to it that the facts are in a checkpoint.</summary>
    [Alias("Save")]
    ValueTask SaveNowAsync();

    /// <summary>Begins or renews a subscription; whatever is newer than the client's number is pushed at once.</summary>
    /// <param name="observer">Who is told.</param>
    /// <param name="request">The page's shape.</param>
    /// <param name="lastSequence">The last number the client has; null for none.</param>
    [Alias("Subscribe"), AlwaysInterleave]
    ValueTask SubscribeAsync(IHomeObserver observer, HomeRequest request, long? lastSequence);

    /// <summary>Ends a subscription; an unknown one is ended already.</summary>
    [Alias("Unsubscribe"), AlwaysInterleave]
    ValueTask UnsubscribeAsync(IHomeObserver observer);

    /// <summary>Others have moved: pushes what that changes.</summary>
    [Alias("Refresh"), AlwaysInterleave]
    ValueTask RefreshAsync();

    /// <summary>A pushed page has left for its client.</summary>
    /// <param name="sequence">The page's number.</param>
    [Alias("Sent"), OneWay, AlwaysInterleave]
    ValueTask SentAsync(long sequence);

    /// <summary>How a card came to stand where it stands; null where nothing is known of it any more, or Home is fixed.</summary>
    [Alias("Why"), AlwaysInterleave]
    ValueTask<CardStory?> WhyAsync(string impressionId);

    /// <summary>How this listener's pages are decided; null where Home is fixed.</summary>
    [Alias("Story"), AlwaysInterleave]
    ValueTask<ListenerStory?> StoryAsync();

    /// <summary>Sets what this listener chooses between the familiar, 0, and discoveries, 1.</summary>
    /// <returns>Once it is durable; false where Home is fixed.</returns>
    [Alias("Choose")]
    ValueTask<bool> ChooseAsync(double discovery);

    /// <summary>What this listener chose about being seen.</summary>
    [Alias("Privacy"), AlwaysInterleave]
    ValueTask<ListenerPrivacy> PrivacyAsync();

    /// <summary>Replaces what this listener chose.</summary>
    /// <returns>Once it is durable and in force on every silo.</returns>
    [Alias("SetPrivacy")]
    ValueTask SetPrivacyAsync(ListenerPrivacy privacy);

    /// <summary>Everything that is held about this listener, but for what lies in the store alone.</summary>
    [Alias("Holdings"), AlwaysInterleave]
    ValueTask<Holdings> HoldingsAsync();

    /// <summary>Removes the listener from the store and from every silo.</summary>
    /// <returns>What still holds traces.</returns>
    [Alias("Erase")]
    ValueTask<ErasureReceipt> EraseAsync();

    /// <summary>What still holds traces of one who was erased.</summary>
    /// <returns>Null for one who was not, or has come back.</returns>
    [Alias("Erasure"), AlwaysInterleave]
    ValueTask<ErasureReceipt?> ErasureAsync();
}

/// <summary>A client that watches one listener, on whatever silo it is connected to.</summary>
/// <remarks>Best effort: what is lost is sent again at the next renewal, for everything carries its number.</remarks>
[Alias("buddies.IHomeObserver")]
public interface IHomeObserver : IGrainObserver
{
    /// <summary>Hands over what has changed.</summary>
    [Alias("Push"), OneWay]
    ValueTask PushAsync(LivePush push);
}

/// <summary>One silo, by its address: the door for batches, and where it hears what others did. The key is the silo's address.</summary>
[Alias("buddies.ISiloDoor")]
public interface ISiloDoor : IGrainWithStringKey
{
    /// <summary>Hands events to their listeners, most of whom live on this silo.</summary>
    /// <param name="events">Of any listeners; in the order of acceptance for each.</param>
    /// <returns>Once all are durable.</returns>
    [Alias("Append")]
    ValueTask<IngestResult> AppendAsync(UserEvent[] events);

    /// <summary>Listeners of other silos have moved.</summary>
    [Alias("Moved")]
    ValueTask MovedAsync(int version, Move[] moves);

    /// <summary>The catalogue has changed; it is in the store already.</summary>
    [Alias("Catalogue")]
    ValueTask CatalogueChangedAsync(Track[] tracks, Playlist[] playlists);

    /// <summary>A listener was erased; it is out of the store already. What silos of a former version say.</summary>
    [Alias("Forget")]
    ValueTask ForgetAsync(UserId user);

    /// <summary>A listener was erased; it is out of the store already.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="through">Whatever still comes of events up to this offset is of the one who was erased.</param>
    /// <param name="unfollowed">Playlists whose follower it was.</param>
    [Alias("Erased")]
    ValueTask ErasedAsync(UserId user, long through, string[] unfollowed);

    /// <summary>Takes a listener who was erased out of what this silo has logged of Home.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="playlists">The listener's playlists, whose names go too.</param>
    /// <returns>Once nothing of it is in the files of this silo, the name of their folder; empty where Home is fixed.</returns>
    [Alias("ForgetHome")]
    ValueTask<string> ForgetHomeAsync(UserId user, string[] playlists);

    /// <summary>What was counted of Home on all silos, as JSON; null where Home is fixed.</summary>
    /// <param name="fromMs">Hours that begin then or later, Unix milliseconds.</param>
    /// <param name="playlists">How many playlists by each order.</param>
    [Alias("Insights")]
    ValueTask<string?> InsightsAsync(long fromMs, int playlists);

    /// <summary>A listener chose something about being seen; it is in the store already.</summary>
    [Alias("Privacy")]
    ValueTask PrivacyChangedAsync(UserId user, ListenerPrivacy privacy);

    /// <summary>Adds or replaces rows of the catalogue: in the store, then on every silo.</summary>
    [Alias("Upsert")]
    ValueTask UpsertAsync(Track[] tracks, Playlist[] playlists);

    /// <summary>Listeners whose id contains a text.</summary>
    [Alias("Find")]
    ValueTask<ListenerSummary[]> FindAsync(string query, int limit);

    /// <summary>A playlist as nobody in particular may see it; null where there is no such public one.</summary>
    [Alias("Playlist")]
    ValueTask<PlaylistView?> PlaylistAsync(PlaylistId playlist);

    /// <summary>Counts every follow of a playlist from here on, on every silo: an operator has looked, and believes them.</summary>
    /// <returns>False when none was uncounted on this silo.</returns>
    [Alias("Believe")]
    ValueTask<bool> BelieveFollowsAsync(PlaylistId playlist);

    /// <summary>An operator believes the follows of a playlist.</summary>
    [Alias("Believed")]
    ValueTask FollowsBelievedAsync(PlaylistId playlist);

    /// <summary>How this silo is.</summary>
    [Alias("Look")]
    ValueTask<SiloSight> LookAsync();

    /// <summary>What is known of listeners, most of whom live on this silo; in the order asked for.</summary>
    [Alias("Known")]
    ValueTask<KnownTracks[]> KnownTracksAsync(UserId[] users);

    /// <summary>Where listeners stand in a version, most of whom live on this silo; in the order asked for.</summary>
    [Alias("Stand")]
    ValueTask<Move?[]> StandAsync(int version, UserId[] users);

    /// <summary>Sees to it that the facts of listeners, most of whom live on this silo, are in checkpoints.</summary>
    [Alias("Save")]
    ValueTask SaveAsync(UserId[] users);

    /// <summary>The doorman's record has changed.</summary>
    /// <param name="orders">What it says to this silo.</param>
    /// <returns>Once this silo serves as it says, or has begun to prepare.</returns>
    [Alias("Orders")]
    ValueTask OrdersAsync(NodeOrders orders);

    /// <summary>This silo was shut out.</summary>
    /// <param name="node">Which start of it.</param>
    /// <param name="epoch">In which epoch, or an earlier one.</param>
    /// <returns>Once it serves nothing on the word of an older record.</returns>
    [Alias("Fence")]
    ValueTask FenceAsync(Member node, long epoch);

    /// <summary>What this silo knows of the record, for another one that cannot read it.</summary>
    [Alias("Record")]
    ValueTask<RecordWord> RecordAsync(Member node);
}
