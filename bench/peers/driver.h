// What the drivers share: the files of a world, the command line, a clock that can pause, samples, and JSON.
// The world's files are described in src/Cli/Bench/WorldFiles.cs.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <map>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

[[noreturn]] inline void fail(const std::string& why) {
    fprintf(stderr, "%s\n", why.c_str());
    exit(1);
}

struct Arguments {
    std::map<std::string, std::string> values;

    Arguments(int argc, char** argv) {
        for (int i = 1; i + 1 < argc; i += 2) values[argv[i]] = argv[i + 1];
    }
    std::string text(const char* name) const {
        auto found = values.find(name);
        if (found == values.end()) fail(std::string("missing ") + name);
        return found->second;
    }
    double number(const char* name) const { return atof(text(name).c_str()); }
    double number(const char* name, double otherwise) const { return values.count(name) ? number(name) : otherwise; }
};

inline std::vector<int32_t> read_words(const std::string& path) {
    FILE* file = fopen(path.c_str(), "rb");
    if (!file) fail("cannot read " + path);
    fseek(file, 0, SEEK_END);
    std::vector<int32_t> words(ftell(file) / 4);
    rewind(file);
    if (fread(words.data(), 4, words.size(), file) != words.size()) fail("cut off: " + path);
    fclose(file);
    return words;
}

struct World {
    std::vector<int32_t> vector_words, move_words, user_words;
    int n, d, moves, users;

    explicit World(const Arguments& arguments)
        : vector_words(read_words(arguments.text("--vectors"))),
          move_words(read_words(arguments.text("--moves"))),
          user_words(read_words(arguments.text("--users"))),
          n(vector_words[0]), d(vector_words[1]), moves(move_words[0]), users(user_words[0]) {}

    const float* vectors() const { return reinterpret_cast<const float*>(vector_words.data() + 2); }
    const float* vector_of(int user) const { return vectors() + static_cast<size_t>(user) * d; }
    int mover(int move) const { return move_words[1 + static_cast<size_t>(move) * (d + 1)]; }
    const float* target(int move) const {
        return reinterpret_cast<const float*>(move_words.data() + 2 + static_cast<size_t>(move) * (d + 1));
    }
    int user(int i) const { return user_words[1 + i]; }
};

class Clock {
    using now = std::chrono::steady_clock;
    now::time_point since_ = now::now();
    double sum_ = 0;

public:
    void pause() { sum_ += std::chrono::duration<double>(now::now() - since_).count(); }
    void resume() { since_ = now::now(); }
    double seconds() const { return sum_ + std::chrono::duration<double>(now::now() - since_).count(); }
};

// Without what was freed and not yet given back.
inline int64_t resident_bytes() {
    malloc_trim(0);
    long pages = 0, resident = 0;
    FILE* file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    if (file) fclose(file);
    return static_cast<int64_t>(resident) * sysconf(_SC_PAGESIZE);
}

// One list: after how many moves, whose, and the buddies, best first.
struct Sample {
    int state, user;
    std::vector<int> list;
};

// Samples evenly from moves whose number nobody knows: when there are 1,000, every other one goes (as ListSamples.cs).
class Samples {
    size_t stride_ = 1, seen_ = 0;

public:
    std::vector<Sample> kept;

    bool next() { return seen_++ % stride_ == 0; }
    void add(Sample sample) {
        kept.push_back(std::move(sample));
        if (kept.size() < 1000) return;
        for (size_t i = 0; i < 500; i++) kept[i] = kept[2 * i];
        kept.resize(500);
        stride_ *= 2;
    }
};

struct Phase {
    int moves = 0;
    double seconds = 0;
    std::vector<Sample> samples;
};

struct Row {
    std::string engine, note;
    double build_seconds = 0;
    int64_t bytes = 0;
    Phase own, all;
};

inline void print(const Phase& phase) {
    printf("{\"moves\":%d,\"seconds\":%.6f,\"samples\":[", phase.moves, phase.seconds);
    for (size_t i = 0; i < phase.samples.size(); i++) {
        const Sample& sample = phase.samples[i];
        printf("%s[%d,%d", i ? "," : "", sample.state, sample.user);
        for (int user : sample.list) printf(",%d", user);
        printf("]");
    }
    printf("]}");
}

inline void print(const std::vector<Row>& rows) {
    printf("{\"rows\":[");
    for (size_t i = 0; i < rows.size(); i++) {
        const Row& row = rows[i];
        printf("%s{\"engine\":\"%s\",\"note\":\"%s\",\"buildSeconds\":%.3f,\"bytes\":%lld,\"own\":", i ? "," : "",
               row.engine.c_str(), row.note.c_str(), row.build_seconds, static_cast<long long>(row.bytes));
        print(row.own);
        printf(",\"all\":");
        print(row.all);
        printf("}");
    }
    printf("]}\n");
}

// Moves with the mover's list read after each. An index has move(user, vector) and query(vector, except) → list.
template <class Index>
Phase run_own(Index& index, const World& world, int max_moves, double seconds) {
    Phase phase;
    Samples samples;
    Clock clock;
    while (phase.moves < world.moves && phase.moves < max_moves && clock.seconds() < seconds) {
        int move = phase.moves++, user = world.mover(move);
        index.move(user, world.target(move));
        std::vector<int> list = index.query(world.target(move), user);
        if (samples.next()) samples.add({phase.moves, user, std::move(list)});
    }
    phase.seconds = clock.seconds();
    phase.samples = std::move(samples.kept);
    return phase;
}

// The same with stored lists: everybody in the mover's old list and everybody in the new one is queried again. A list that
// nobody has asked for yet is made when it is first needed, off the clock: it stands for a list made before the first move.
template <class Index>
Phase run_all(Index& index, const World& world, int max_moves, double seconds) {
    Phase phase;
    std::vector<std::vector<int>> lists(world.n);
    std::vector<float> current(world.vectors(), world.vectors() + static_cast<size_t>(world.n) * world.d);
    auto vector_of = [&](int user) { return current.data() + static_cast<size_t>(user) * world.d; };
    for (int i = 0; i < world.users; i++) lists[world.user(i)] = index.query(vector_of(world.user(i)), world.user(i));
    Clock clock;
    std::vector<int> affected;
    while (phase.moves < world.moves && phase.moves < max_moves && clock.seconds() < seconds) {
        int move = phase.moves++, user = world.mover(move);
        if (lists[user].empty()) {
            clock.pause();
            lists[user] = index.query(vector_of(user), user);
            clock.resume();
        }
        affected = lists[user];
        memcpy(vector_of(user), world.target(move), sizeof(float) * world.d);
        index.move(user, world.target(move));
        lists[user] = index.query(world.target(move), user);
        size_t old_count = affected.size();
        for (int other : lists[user]) {
            bool known = false;
            for (size_t i = 0; i < old_count && !known; i++) known = affected[i] == other;
            if (!known) affected.push_back(other);
        }
        for (int other : affected) lists[other] = index.query(vector_of(other), other);
    }
    phase.seconds = clock.seconds();
    for (int i = 0; i < world.users; i++) phase.samples.push_back({phase.moves, world.user(i), lists[world.user(i)]});
    return phase;
}
