// hnswlib under moves, twice: updatePoint, and mark deleted and insert anew (garbage grows).
#include "driver.h"

#include <hnswlib.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

namespace {

using Graph = hnswlib::HierarchicalNSW<float>;
constexpr size_t M = 16, EfConstruction = 200;

size_t ef_for(int n) { return n <= 30000 ? 51 : n <= 300000 ? 60 : 260; }

struct Index {
    Graph& graph;
    size_t k;

    std::vector<int> query(const float* vector, int except) const {
        auto found = graph.searchKnn(vector, k + 1);
        std::vector<int> list;
        list.reserve(k + 1);
        for (; !found.empty(); found.pop()) {
            int user = user_of(found.top().second);
            if (user != except) list.push_back(user);
        }
        std::reverse(list.begin(), list.end());
        if (list.size() > k) list.resize(k);
        return list;
    }
    virtual int user_of(size_t label) const = 0;
    virtual ~Index() = default;
    Index(Graph& graph, size_t k) : graph(graph), k(k) {}
};

struct Updated final : Index {
    using Index::Index;
    int user_of(size_t label) const override { return static_cast<int>(label); }
    // A label that is there already makes addPoint call updatePoint.
    void move(int user, const float* vector) { graph.addPoint(vector, static_cast<size_t>(user)); }
};

struct Reinserted final : Index {
    std::vector<int> users;      // of labels
    std::vector<size_t> labels;  // of users

    Reinserted(Graph& graph, size_t k, int n) : Index(graph, k), users(n), labels(n) {
        for (int user = 0; user < n; user++) users[user] = static_cast<int>(labels[user] = user);
    }
    int user_of(size_t label) const override { return users[label]; }
    void move(int user, const float* vector) {
        graph.markDelete(labels[user]);
        labels[user] = users.size();
        users.push_back(user);
        graph.addPoint(vector, labels[user]);
    }
};

void build(Graph& graph, const World& world, int threads) {
    graph.addPoint(world.vector_of(0), size_t{0});
    std::atomic<int> next{1};
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; t++) {
        workers.emplace_back([&] {
            for (int user = next++; user < world.n; user = next++) graph.addPoint(world.vector_of(user), static_cast<size_t>(user));
        });
    }
    for (auto& worker : workers) worker.join();
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments(argc, argv);
    World world(arguments);
    int k = static_cast<int>(arguments.number("--k")), max_moves = static_cast<int>(arguments.number("--max-moves"));
    double seconds = arguments.number("--seconds");
    size_t ef = static_cast<size_t>(arguments.number("--ef", static_cast<double>(std::max<size_t>(ef_for(world.n), k + 1))));
    std::string scratch = arguments.text("--scratch") + "/hnswlib.index";

    hnswlib::InnerProductSpace space(world.d);
    int64_t before = resident_bytes();
    Clock clock;
    auto built = std::make_unique<Graph>(&space, world.n, M, EfConstruction);
    build(*built, world, static_cast<int>(arguments.number("--build-threads")));
    double build_seconds = clock.seconds();
    int64_t bytes = resident_bytes() - before;
    fprintf(stderr, "hnswlib: %d built in %.1f s\n", world.n, build_seconds);

    // Every phase begins with the same graph.
    built->saveIndex(scratch);
    built.reset();
    auto load = [&](size_t room) {
        auto graph = std::make_unique<Graph>(&space, scratch, false, room);
        graph->setEf(ef);
        return graph;
    };
    size_t room = static_cast<size_t>(world.n) + std::min(max_moves, world.moves);
    char parameters[64];
    snprintf(parameters, sizeof parameters, "M=%zu, efC=%zu, ef=%zu", M, EfConstruction, ef);
    std::vector<Row> rows{{"hnswlib updatePoint", parameters, build_seconds, bytes, {}, {}},
                          {"hnswlib delete+insert", std::string(parameters) + ", deleted points stay", build_seconds, bytes, {}, {}}};
    for (int is_all = 0; is_all < 2; is_all++) {
        auto graph = load(world.n);
        Updated updated(*graph, k);
        (is_all ? rows[0].all : rows[0].own) =
            is_all ? run_all(updated, world, max_moves, seconds) : run_own(updated, world, max_moves, seconds);
        graph = load(room);
        Reinserted reinserted(*graph, k, world.n);
        (is_all ? rows[1].all : rows[1].own) =
            is_all ? run_all(reinserted, world, max_moves, seconds) : run_own(reinserted, world, max_moves, seconds);
    }
    remove(scratch.c_str());
    print(rows);
}
