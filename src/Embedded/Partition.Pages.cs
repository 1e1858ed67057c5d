using System.Numerics.Tensors;
using Buddies.Embedded.Versions;
using Buddies.Engine.Buddies;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Embedded;

internal sealed partial class Partition
{
    private readonly UserTaste _nobody = new(TasteTransform.Default);

    private readonly int[] _nearUsers;
    private readonly float[] _nearSimilarities;
    private readonly int[] _mine = new int[UserTaste.MaxTracks];
    private readonly int[] _theirs = new int[UserTaste.MaxTracks];

    /// <summary>A listener's page as of now.</summary>
    public HomePage Home(UserId user, HomeRequest request)
    {
        var state = _runtime.Users.Find(user);
        if (state is null)
        {
            var result = HomeBuilder.Compose(InputsOf(user, _nobody, null, _plan.Of(user)), request, _runtime.StrangerSequence);
            OnSent(result.Shown is { } shown ? new SentPage(shown) : null);
            return result.Page;
        }

        BeginVisit(state, Touch(state), isAsked: true);
        var (page, sent) = PageOf(state, request);
        OnSent(sent);
        return page;
    }

    /// <summary>A listener's nearest listeners, at most K.</summary>
    public BuddyList Buddies(UserId user, int count)
    {
        if (_runtime.Users.Find(user) is not { } state)
        {
            return new BuddyList(user, _plan.Of(user)?.Number ?? default, []);
        }

        return Describe(state, Touch(state), count);
    }

    /// <summary>A listener's taste in musical facts.</summary>
    public TasteSummary Taste(UserId user) => TasteDescriber.Describe(
        user, _plan.Of(user)?.Number ?? default, _runtime.Users.Find(user)?.Facts ?? _nobody, _runtime.Catalogue);

    /// <summary>The listener's vector as of its last event; all zero for one without.</summary>
    internal float[] UnitOf(UserState state)
    {
        if (FreshVersionOf(state) is not { } version)
        {
            return new float[1];
        }

        if (state.Attention is { Unit: { } unit } attention && attention.Version == version)
        {
            return unit;
        }

        var announced = new float[version.Model.Dimension];
        version.Cells.CopyVector(state.Index.Value, announced);
        return announced;
    }

    private BuddyList Describe(UserState state, Attention attention, int count)
    {
        var known = _mine.AsSpan(0, state.Facts.CopyKnownTracks(_mine));
        var buddies = new List<Buddy>(count);
        foreach (var near in NearestTo(state, attention.Version, count))
        {
            var shared = CountShared(known, _theirs.AsSpan(0, _runtime.Users.CopyKnownTracks(near.Index, _theirs)));
            buddies.Add(new Buddy(near.User, near.Similarity, shared));
        }

        return new BuddyList(state.Id, attention.Version?.Number ?? default, buddies);
    }

    private HomeInputs InputsOf(UserId user, UserTaste facts, UserState? state, ServedVersion? version)
    {
        var model = version?.Model;
        var dimension = model?.Dimension ?? 1;
        var session = new float[dimension];
        var unit = new float[dimension];
        List<NearListener> buddies = [];
        if (state is not null && model is not null)
        {
            unit = UnitOf(state);
            buddies = NearestTo(state, version, _options.Buddies);
            DeriveSession(facts, model, session);
        }

        var choice = _learning?.Settings.Of(user) ?? ListenerChoice.Default;
        var memory = state is null ? null : _memories.Find(state.Index);
        var follows = _learning?.Follows.Of(buddies) ?? [];
        return new HomeInputs
        {
            User = user,
            Facts = facts,
            Model = model,
            Catalogue = _runtime.Catalogue,
            Taste = unit,
            Session = session,
            Buddies = buddies,
            Blocked = _runtime.Visibility.HiddenFrom(user),
            Popular = _runtime.Popular.Top,
            Known = _runtime.Users,
            Weights = _options.Weights,
            ShelfModels = _options.ShelfModels,
            Policy = _learning?.PolicyOf(user),
            Seed = (ulong)(state?.Attention?.VisitMs ?? _runtime.StrangerSequence),
            NowMs = NowMs,
            Discovery = choice.Discovery,
            Seen = memory?.Seen,
            BuddyFollows = RecentFollows.LatestOf(follows),
            PopularNear = RecentFollows.PopularAmong(follows),
            Fresh = _learning?.Fresh.Offered ?? [],
            Played = memory?.Played ?? [],
        };
    }

    /// <summary>The session's direction; its length says how much of a session there is, 1 from two full plays on.</summary>
    private void DeriveSession(UserTaste facts, ServingModel model, Span<float> session)
    {
        const double FullSession = 2;
        var evidence = LiveTaste.DeriveSession(facts, model, _time.GetUtcNow().ToUnixTimeMilliseconds(), Scratch(model), session);
        VectorKernels.Normalize(session);
        TensorPrimitives.Multiply(session, (float)Math.Min(1, evidence / FullSession), session);
    }

    /// <summary>The first of the listener's buddy set who may be shown, which <see cref="Touch"/> has seen to.</summary>
    private List<NearListener> NearestTo(UserState state, ServedVersion? version, int count)
    {
        var found = version?.Cells.Read(state.Index.Value, _nearUsers, _nearSimilarities) ?? 0;
        var near = new List<NearListener>(Math.Min(found, count));
        for (var i = 0; i < found && near.Count < count; i++)
        {
            // One who was erased between the search and now is nobody's buddy; nor is one who does not want to be.
            if (_runtime.Users.Find(_nearUsers[i]) is { } other && !_runtime.Visibility.IsHidden(state.Id, other.Id))
            {
                near.Add(new NearListener(other.Index, other.Id, _nearSimilarities[i]));
            }
        }

        return near;
    }

    private FoldInSystem Scratch(ServingModel model) =>
        _scratch?.Dimension == model.Dimension ? _scratch : _scratch = new FoldInSystem(model.Dimension);

    private static int CountShared(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        var (count, i, j) = (0, 0, 0);
        while (i < left.Length && j < right.Length)
        {
            if (left[i] == right[j])
            {
                count++;
                i++;
                j++;
            }
            else if (left[i] < right[j])
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return count;
    }
}
