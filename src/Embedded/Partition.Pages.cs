using System.Numerics.Tensors;
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

    /// <summary>A listener's page as of now.</summary>
    public HomePage Home(UserId user, HomeRequest request)
    {
        var state = _runtime.Users.Find(user);
        if (state is null)
        {
            return HomeBuilder.Build(InputsOf(user, _nobody, null, out _), request, _runtime.StrangerSequence);
        }

        return PageOf(state, request);
    }

    /// <summary>A listener's nearest listeners.</summary>
    public BuddyList Buddies(UserId user, int count)
    {
        var model = _runtime.Model;
        var state = _runtime.Users.Find(user);
        if (state is null || model is null)
        {
            return new BuddyList(user, model?.Version ?? default, []);
        }

        var mine = new int[UserTaste.MaxTracks];
        var known = mine.AsSpan(0, state.Facts.CopyKnownTracks(mine));
        var theirs = new int[UserTaste.MaxTracks];
        var buddies = new List<Buddy>(count);
        foreach (var near in NearestTo(state, UnitOf(state, model), count))
        {
            var shared = CountShared(known, theirs.AsSpan(0, _runtime.Users.CopyKnownTracks(near.Index, theirs)));
            buddies.Add(new Buddy(near.User, near.Similarity, shared));
        }

        return new BuddyList(user, model.Version, buddies);
    }

    /// <summary>A listener's taste in musical facts.</summary>
    public TasteSummary Taste(UserId user) => TasteDescriber.Describe(
        user, _runtime.Model?.Version ?? default, _runtime.Users.Find(user)?.Facts ?? _nobody, _runtime.Catalogue);

    private HomeInputs InputsOf(UserId user, UserTaste facts, UserState? state, out Watch? watch)
    {
        var model = _runtime.Model;
        var dimension = model?.Dimension ?? 1;
        var session = new float[dimension];
        var unit = new float[dimension];
        List<NearListener> buddies = [];
        watch = null;
        if (state is not null && model is not null)
        {
            unit = UnitOf(state, model);
            buddies = NearestTo(state, unit, _options.Buddies);
            DeriveSession(facts, model, session);
            if (state.Subscriptions.Count > 0)
            {
                var weakest = buddies.Count < _options.Buddies ? float.NegativeInfinity : buddies[^1].Similarity;
                watch = new Watch(state, unit, weakest, [.. buddies.Select(buddy => buddy.Index.Value)]);
            }
        }

        return new HomeInputs
        {
            User = user,
            Facts = facts,
            Model = model,
            Catalogue = _runtime.Catalogue,
            Taste = unit,
            Session = session,
            Buddies = buddies,
            Popular = _runtime.Popular.Top,
            Known = _runtime.Users,
            Weights = _options.Weights,
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

    private List<NearListener> NearestTo(UserState state, float[] unit, int count)
    {
        var (users, similarities) = (new int[count], new float[count]);
        var found = unit.AsSpan().ContainsAnyExcept(0f) && _runtime.Index is { } index
            ? index.FindNearest(unit, state.Index, users, similarities)
            : 0;
        var near = new List<NearListener>(found);
        for (var i = 0; i < found; i++)
        {
            // One who was erased between the search and now is nobody's buddy.
            if (_runtime.Users.Find(users[i]) is { } other)
            {
                near.Add(new NearListener(other.Index, other.Id, similarities[i]));
            }
        }

        return near;
    }

    private float[] UnitOf(UserState state, ServingModel model)
    {
        if (state.Unit is null || state.Unit.Length != model.Dimension)
        {
            var unit = new float[model.Dimension];
            LiveTaste.Derive(state.Facts, model, Scratch(model), unit);
            VectorKernels.Normalize(unit);
            state.Unit = unit;
        }

        return state.Unit;
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
