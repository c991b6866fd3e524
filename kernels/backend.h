// A device that runs plans: the one interface between the engine and the processors.
#pragma once

#include "kernels/plan.h"
#include "kernels/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace kernels {

using TokenId = std::int32_t;

// The KV cache is made of pages: kKvPageTokens positions, keys and values of every layer. A sequence is a list of
// pages; pages may be shared by sequences (the engine counts the users; inference/kv_cache.h).
using KvPageId = std::uint32_t;
inline constexpr std::uint32_t kKvPageTokens = 64;

// Which maths made the rows of a page. Raise it with every change to plans or kernels that gives other bits
// of keys, values or logits: pages that were kept on a disk before are not read then.
inline constexpr std::uint32_t kKvNumerics = 2;

struct BackendCapabilities
{
    std::string device;      // "cpu"
    std::string description; // "Intel Xeon, 2 threads, AVX-512 VNNI", for people
    std::string isa;         // "avx512"; empty where it means nothing
    unsigned threads = 0;
    int gpu = -1; // CUDA's number of it; -1 without one
};

enum class LogitsWanted {
    None, // a prefill chunk that is not the last
    Last, // one row: what follows the last token
    All   // a row for every token of the run
};

struct RunInput
{
    std::span<const TokenId> tokens;   // 1 .. maxTokens() of them, each below the vocabulary size
    std::uint32_t firstPosition = 0;   // position of tokens[0]; the cache holds all positions before it
    std::span<const KvPageId> pages;   // pages of positions 0 .. firstPosition + tokens.size() - 1, in order
    LogitsWanted logitsWanted = LogitsWanted::Last;
};

enum class RunOutcome {
    Done,
    Stopped // the stop token was raised between two steps; KV rows of this run are garbage, earlier ones are intact
};

// What run() fails with when a number is not finite. where: what it was found in.
Error invalidNumbers(std::string_view where);

// Runs one part of a plan, whose other part another backend runs (hybrid_backend.h): segment by segment, with the residual handed
// over in between. A run is all segments in order, 0 first, with the same input; one that ends before the last is forgotten.
class SegmentRunner
{
public:
    virtual ~SegmentRunner() = default;

    // (maxTokens, hidden) floats: rows of the run's tokens that the next segment begins with, and those that one has left, in memory
    // that the backend reaches fast. After compile(); not to be touched while a segment runs.
    virtual std::span<float> residual() = 0;

    // As Backend::run(). Returns when the residual is there; what the segment computes besides may go on, beside the other backend.
    // logits: of the segment with the head alone, which is the last of its part.
    virtual Result<RunOutcome> runSegment(std::size_t segment, const RunInput &input, std::span<float> logits, std::stop_token stop) = 0;

    // The same, looking at what the tokens are after each step: see Backend::findInvalidStep(). The number in the part's steps.
    virtual Result<std::optional<std::size_t>> findInvalidStepOf(std::size_t segment, const RunInput &input, std::stop_token stop) = 0;
};

class TokenStream;

// Not thread-safe: all calls come from the engine thread, but for exportKvPage().
class Backend
{
public:
    virtual ~Backend() = default;

    virtual const BackendCapabilities &capabilities() const = 0;

    // Takes the plan over and sizes every arena for runs of up to maxTokens tokens. Once, before anything else.
    // The bytes behind the plan's weights must stay valid as long as the backend lives.
    virtual Result<void> compile(Plan plan, std::uint32_t maxTokens) = 0;
    virtual const Plan &plan() const = 0;
    virtual std::uint32_t maxTokens() const = 0;

    // Bytes that one KV page takes, and that compile() took for activations. Known after compile().
    virtual std::size_t kvPageBytes() const = 0;
    virtual std::size_t activationBytes() const = 0;

    // Pages are recycled: free ones are handed out again. Fails with OutOfMemory.
    virtual Result<KvPageId> allocateKvPage() = 0;
    virtual void freeKvPage(KvPageId page) = 0;
    // Copies the first `tokens` positions of `from` over those of `to`.
    virtual void copyKvPage(KvPageId from, KvPageId to, std::uint32_t tokens) = 0;

    // Pages that leave the process. kvFormat() names the form of the bytes and what the rows depend on
    // besides the plan: precision, instruction set. A page may be read by any backend with the same plan,
    // kvFormat() and kKvNumerics, in another process too.
    virtual std::string kvFormat() const = 0;
    // The first `tokens` positions, 1 .. kKvPageTokens, as exactly tokens * kvPageBytes() / kKvPageTokens
    // bytes. May be called from one other thread at any time, run() included, for a page that stays allocated
    // until it returns, and positions that no run writes meanwhile.
    // Fails when the device does: the bytes are garbage then.
    virtual Result<void> exportKvPage(KvPageId page, std::uint32_t tokens, std::span<std::byte> bytes) const = 0;
    // The other way, into an allocated page; positions from `tokens` on are garbage then. The bytes are
    // trusted: the caller has checked that they are what exportKvPage() gave.
    virtual void importKvPage(KvPageId page, std::uint32_t tokens, std::span<const std::byte> bytes) = 0;

    // Runs the plan. logits: room for 0, 1 or tokens.size() rows of vocabularySize floats, by logitsWanted.
    // Stops between steps when asked. The same tokens at the same positions give bitwise the same logits and KV rows
    // however they are cut into runs and however many threads there are.
    // A NaN or an infinity that comes up on the way is in the logits, or is an error: InvalidNumbers when a key or a
    // value of the run's tokens is not finite, so that no later run reads it. The rows of such a run are garbage.
    virtual Result<RunOutcome> run(const RunInput &input, std::span<float> logits, std::stop_token stop) = 0;

    // Where it came up: does a run once more and looks at what the tokens are after each step. The number in
    // plan().steps of the first one that left something that is not finite; nothing where there is none, or when stopped.
    virtual Result<std::optional<std::size_t>> findInvalidStep(const RunInput &input, std::stop_token stop) = 0;

    // Null where the backend runs whole plans alone. Lives as long as the backend.
    virtual SegmentRunner *segments() { return nullptr; }

    // Null where tokens are drawn by the host, from rows of logits (token_stream.h). After compile(); lives as long as the backend.
    virtual TokenStream *tokenStream() { return nullptr; }
};

} // namespace kernels
