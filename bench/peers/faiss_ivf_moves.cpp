// FAISS IVFFlat under moves. An entry that stays in its list is overwritten in place; one that leaves is removed by swapping
// with the last (FAISS's own update_vectors does the same) and added to its new list.
//
// Debian compiles FAISS for any x86-64, without AVX. So the lists are also scanned by a loop of our own, compiled for this
// machine, over the same inverted lists and centroids; the faster of the two is used, and the row says which.
#include "driver.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/clone_index.h>
#include <faiss/invlists/InvertedLists.h>
#include <faiss/utils/Heap.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>

namespace {

using idx_t = int64_t;  // faiss::Index::idx_t here, faiss::idx_t in later versions

int nprobe_for(int n) { return n <= 30000 ? 40 : n <= 300000 ? 48 : 128; }
// 400, 1264 and 4000 at 10 k, 100 k and 1 M.
int nlist_for(int n) { return 4 * static_cast<int>(std::sqrt(static_cast<double>(n))); }

typedef float Lanes __attribute__((vector_size(64), aligned(4)));

// Four rows at a time, so that their sums do not wait for each other.
void score_rows(const float* rows, size_t count, const float* query, int d, float* scores) {
    size_t row = 0;
    for (; row + 4 <= count && d % 16 == 0; row += 4) {
        const float* at = rows + row * d;
        Lanes sums[4] = {};
        for (int j = 0; j < d; j += 16) {
            Lanes q = *reinterpret_cast<const Lanes*>(query + j);
            for (int r = 0; r < 4; r++) sums[r] += q * *reinterpret_cast<const Lanes*>(at + r * d + j);
        }
        for (int r = 0; r < 4; r++) {
            typedef float Half __attribute__((vector_size(32)));
            typedef float Quarter __attribute__((vector_size(16)));
            Half halves[2];
            memcpy(halves, &sums[r], sizeof halves);
            Half half = halves[0] + halves[1];
            Quarter quarters[2];
            memcpy(quarters, &half, sizeof quarters);
            Quarter quarter = quarters[0] + quarters[1];
            scores[row + r] = (quarter[0] + quarter[1]) + (quarter[2] + quarter[3]);
        }
    }
    for (; row < count; row++) {
        float sum = 0;
        for (int j = 0; j < d; j++) sum += query[j] * rows[row * d + j];
        scores[row] = sum;
    }
}

using Heap = faiss::CMin<float, idx_t>;  // the worst of the best at its root

struct Index {
    faiss::IndexIVFFlat& ivf;
    faiss::ArrayInvertedLists& lists;
    const float* centroids;
    size_t k;
    bool is_own_loop;
    std::vector<std::pair<int, int>> places;  // list and offset of each user
    std::vector<float> scores, best;
    std::vector<idx_t> best_ids;

    Index(faiss::IndexIVFFlat& ivf, size_t k, bool is_own_loop)
        : ivf(ivf), lists(dynamic_cast<faiss::ArrayInvertedLists&>(*ivf.invlists)),
          centroids(dynamic_cast<faiss::IndexFlat&>(*ivf.quantizer).get_xb()),
          k(k), is_own_loop(is_own_loop), places(ivf.ntotal), scores(ivf.nlist) {
        for (size_t list = 0; list < ivf.nlist; list++) {
            for (size_t i = 0; i < lists.ids[list].size(); i++) places[lists.ids[list][i]] = {static_cast<int>(list), static_cast<int>(i)};
        }
    }

    int assign(const float* vector) {
        if (!is_own_loop) {
            idx_t list;
            ivf.quantizer->assign(1, vector, &list);
            return static_cast<int>(list);
        }
        score_rows(centroids, ivf.nlist, vector, ivf.d, scores.data());
        return static_cast<int>(std::max_element(scores.begin(), scores.begin() + static_cast<ptrdiff_t>(ivf.nlist)) - scores.begin());
    }

    void move(int user, const float* vector) {
        auto [from, offset] = places[user];
        int to = assign(vector);
        if (to == from) {
            memcpy(lists.codes[from].data() + offset * lists.code_size, vector, lists.code_size);
            return;
        }
        auto& ids = lists.ids[from];
        size_t last = ids.size() - 1;
        memmove(lists.codes[from].data() + offset * lists.code_size, lists.codes[from].data() + last * lists.code_size, lists.code_size);
        ids[offset] = ids[last];
        places[ids[offset]].second = offset;
        lists.resize(from, last);
        places[user] = {to, static_cast<int>(lists.add_entry(to, user, reinterpret_cast<const uint8_t*>(vector)))};
    }

    std::vector<int> query(const float* vector, int except) {
        best.resize(k + 1);
        best_ids.resize(k + 1);
        if (is_own_loop) {
            scan(vector);
        } else {
            ivf.search(1, vector, static_cast<idx_t>(k + 1), best.data(), best_ids.data());
        }
        std::vector<int> list;
        list.reserve(k + 1);
        for (idx_t user : best_ids) {
            if (user >= 0 && user != except) list.push_back(static_cast<int>(user));
        }
        if (list.size() > k) list.resize(k);
        return list;
    }

    void scan(const float* vector) {
        size_t nprobe = std::min(ivf.nprobe, ivf.nlist);
        std::vector<float> probe_scores(nprobe);
        std::vector<idx_t> probes(nprobe);
        score_rows(centroids, ivf.nlist, vector, ivf.d, scores.data());
        keep_best(scores.data(), ivf.nlist, nullptr, nprobe, probe_scores.data(), probes.data(), true);
        faiss::heap_heapify<Heap>(k + 1, best.data(), best_ids.data());
        for (idx_t list : probes) {
            size_t count = lists.ids[list].size();
            if (scores.size() < count) scores.resize(count);
            score_rows(reinterpret_cast<const float*>(lists.codes[list].data()), count, vector, ivf.d, scores.data());
            keep_best(scores.data(), count, lists.ids[list].data(), k + 1, best.data(), best_ids.data(), false);
        }
        faiss::heap_reorder<Heap>(k + 1, best.data(), best_ids.data());
    }

    static void keep_best(const float* from, size_t count, const idx_t* ids, size_t size, float* values, idx_t* kept, bool is_new) {
        if (is_new) faiss::heap_heapify<Heap>(size, values, kept);
        for (size_t i = 0; i < count; i++) {
            if (from[i] > values[0]) faiss::heap_replace_top<Heap>(size, values, kept, from[i], ids ? ids[i] : static_cast<idx_t>(i));
        }
    }
};

double queries_per_second(Index index, const World& world) {
    Clock clock;
    int count = 0;
    for (; clock.seconds() < 0.3; count++) index.query(world.vector_of(count * 7919LL % world.n), -1);
    return count / clock.seconds();
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments(argc, argv);
    World world(arguments);
    int k = static_cast<int>(arguments.number("--k")), max_moves = static_cast<int>(arguments.number("--max-moves"));
    int nlist = static_cast<int>(arguments.number("--nlist", nlist_for(world.n)));
    int nprobe = static_cast<int>(arguments.number("--nprobe", nprobe_for(world.n)));
    double seconds = arguments.number("--seconds");

    int64_t before = resident_bytes();
    omp_set_num_threads(static_cast<int>(arguments.number("--build-threads")));
    Clock clock;
    faiss::IndexFlatIP quantizer(world.d);
    faiss::IndexIVFFlat built(&quantizer, world.d, nlist, faiss::METRIC_INNER_PRODUCT);
    built.cp.seed = 1;
    built.train(world.n, world.vectors());
    built.add(world.n, world.vectors());
    built.nprobe = nprobe;
    double build_seconds = clock.seconds();
    int64_t bytes = resident_bytes() - before;
    fprintf(stderr, "faiss: %d built in %.1f s\n", world.n, build_seconds);

    omp_set_num_threads(1);
    double packaged = queries_per_second(Index(built, k, false), world), own_loop = queries_per_second(Index(built, k, true), world);
    bool is_own_loop = own_loop > packaged;
    char note[200];
    snprintf(note, sizeof note, "nlist=%d, nprobe=%d, %s (packaged %.0f queries/s, own loop %.0f)", nlist, nprobe,
             is_own_loop ? "own native loop over FAISS's lists" : "packaged scanner", packaged, own_loop);
    Row row{"faiss ivfflat", note, build_seconds, bytes, {}, {}};
    for (int is_all = 0; is_all < 2; is_all++) {
        // Every phase begins with the same index.
        std::unique_ptr<faiss::Index> copy(faiss::clone_index(&built));
        Index index(dynamic_cast<faiss::IndexIVFFlat&>(*copy), k, is_own_loop);
        (is_all ? row.all : row.own) = is_all ? run_all(index, world, max_moves, seconds) : run_own(index, world, max_moves, seconds);
    }
    print({row});
}
