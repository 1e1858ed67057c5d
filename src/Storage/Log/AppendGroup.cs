using System.Threading.Channels;

namespace Buddies.Storage.Log;

/// <summary>The calls that are committed together.</summary>
internal sealed class AppendGroup(ChannelReader<AppendRequest> queue, int mostEvents)
{
    private readonly List<AppendRequest> _requests = [];

    public IReadOnlyList<AppendRequest> Requests => _requests;

    /// <summary>Events of all calls together.</summary>
    public int EventCount { get; private set; }

    /// <summary>Takes further calls along while there is room. A single longer call still goes in whole.</summary>
    public void Gather()
    {
        while (EventCount < mostEvents && queue.TryRead(out var request))
        {
            if (request.TryTake())
            {
                _requests.Add(request);
                EventCount += request.Events.Count;
            }
        }
    }

    /// <summary>Answers every caller, and is empty again.</summary>
    public void Acknowledge()
    {
        foreach (var request in _requests)
        {
            request.Acknowledge();
        }

        Clear();
    }

    /// <summary>Fails every caller, and is empty again.</summary>
    public void Fail(Exception exception)
    {
        foreach (var request in _requests)
        {
            request.Fail(exception);
        }

        Clear();
    }

    private void Clear()
    {
        _requests.Clear();
        EventCount = 0;
    }
}
