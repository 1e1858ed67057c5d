using Buddies.Engine.Home;
using Buddies.Engine.Serving;
using Buddies.Grains.World;

namespace Buddies.Grains.Listeners;

/// <summary>The clients that watch one listener. Whoever does not renew in time is left out.</summary>
internal sealed class Subscriptions(TimeProvider time, TimeSpan lifetime, GrainMetrics metrics)
{
    private readonly Dictionary<IHomeObserver, Subscription> _all = [];

    public int Count => _all.Count;

    /// <summary>The shapes of page that somebody watches, each once.</summary>
    public IEnumerable<HomeRequest> Shapes
    {
        get
        {
            var shapes = new List<HomeRequest>();
            foreach (var subscription in _all.Values)
            {
                if (!shapes.Exists(shape => PageBook.IsSameShape(shape, subscription.Request)))
                {
                    shapes.Add(subscription.Request);
                }
            }

            return shapes;
        }
    }

    public void Renew(IHomeObserver observer, HomeRequest request) => _all[observer] = new Subscription(request, time.GetTimestamp());

    public void Remove(IHomeObserver observer) => _all.Remove(observer);

    /// <summary>Leaves out those who were not heard of for a lifetime.</summary>
    public void Expire()
    {
        foreach (var (observer, subscription) in _all.ToArray())
        {
            if (time.GetElapsedTime(subscription.RenewedAt) > lifetime)
            {
                _all.Remove(observer);
            }
        }
    }

    /// <summary>Tells those who watch a shape of page.</summary>
    public async ValueTask PushAsync(HomeRequest shape, HomeUpdate update)
    {
        foreach (var (observer, subscription) in _all.ToArray())
        {
            if (PageBook.IsSameShape(subscription.Request, shape))
            {
                await observer.PushAsync(new LivePush(update, null, IsErased: false));
                metrics.OnPushed(update.Latency);
            }
        }
    }

    /// <summary>Tells everybody.</summary>
    public async ValueTask PushAsync(LivePush push)
    {
        foreach (var observer in _all.Keys.ToArray())
        {
            await observer.PushAsync(push);
            if (push.Buddies is not null)
            {
                metrics.OnListPushed();
            }
        }
    }

    private readonly record struct Subscription(HomeRequest Request, long RenewedAt);
}
