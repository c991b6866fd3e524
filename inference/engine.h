// One loaded model that answers: what app/ and the terminal program talk to.
#pragma once

#include "inference/chat/chat_format.h"
#include "inference/result.h"
#include "inference/text/tokenizer.h"
#include "kernels/kv_cache_type.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace inference {

enum class Precision { Fast, Reference };
using kernels::KvCacheType;

inline constexpr std::uint64_t kDefaultKvFolderBytes = 2'000'000'000;

// Of a load on a GPU.
struct GpuOptions
{
    std::filesystem::path plugin{}; // the CUDA plug-in; empty: the one beside the program
    int device = 0;                 // CUDA's number; chosen by OpenModel::open()
    std::uint64_t kvBytes = 0;      // what the KV cache may take; chosen as well
    std::uint64_t mostBytes = 0;    // that the model may take of a GPU's memory; 0: what is free. To measure what does not fit
};

struct LoadOptions
{
    std::string device = "auto";      // "cpu", "cuda", "auto"; one of several GPUs: "cuda:1", "cuda:NAME" (device_choice.h)
    unsigned threads = 0;             // 0: physical cores
    Precision precision = Precision::Fast;
    std::string isa = "auto";         // "scalar", "avx2", "avxvnni", "avx512", "amx", "auto"
    KvCacheType kvCacheType = KvCacheType::F16; // of the fast path
    std::uint32_t contextLength = 0;  // tokens; 0: the model's own, at most kDefaultContextLength
    std::uint32_t chunkTokens = 0;    // prefill chunk; 0: chosen by the engine
    // Where KV pages are kept, so that a conversation that was read goes on without being read again, in
    // another process too. The files hold its text. Empty: nowhere. Several programs may use one folder.
    std::filesystem::path kvFolder{};
    std::uint64_t kvFolderBytes = kDefaultKvFolderBytes; // at most, of all models in the folder
    GpuOptions gpu{};
};
inline constexpr std::uint32_t kDefaultContextLength = 16384;

// What lies where of a model that a GPU and the CPU run together: layers [cpuLayers, layers) are on the GPU, but for the routed experts
// of those below cpuExpertLayers.
struct Placement
{
    std::uint32_t layers = 0, cpuLayers = 0, cpuExpertLayers = 0;
    std::string gpu;                // its name
    std::uint64_t gpuFreeBytes = 0; // what there was for the model
};

struct SamplingOptions
{
    float temperature = 0.7f; // 0: greedy
    std::uint32_t topK = 40;  // 0: off
    float topP = 0.95f;       // 1: off
    float minP = 0.0f;        // 0: off
    float repeatPenalty = 1.0f;        // 1: off
    std::uint32_t repeatWindow = 256;  // tokens looked back at
    std::optional<std::uint64_t> seed{}; // nothing: a random one
};

// What is loaded, for people and for decisions in app/.
struct ModelSummary
{
    std::filesystem::path path;
    std::string name;                  // general.name, else the file's stem
    std::string architecture;          // "qwen2"
    std::string quantisation;          // "Q4_K_M", from general.file_type, else the most frequent tensor type
    std::string device;                // BackendCapabilities::description
    std::string deviceReason;          // one sentence: why this device; empty where it was asked for
    std::optional<Placement> placement; // where two devices share the model
    std::uint64_t fileBytes = 0;
    std::uint64_t kvBytesPerToken = 0;
    std::uint64_t parameterCount = 0;
    std::uint32_t contextLength = 0;        // in use
    std::uint32_t trainedContextLength = 0; // what the file says
    std::uint32_t vocabularySize = 0;
    std::string chatFormat;            // ChatFormat::name()
    bool chatFormatKnown = false;
    std::string chatFormatNote;        // ChatFormat::note(): sentences for people, empty when known
    bool canThink = false;
    bool canFillInMiddle = false;
    SamplingOptions sampling{};        // what the makers advise, else the defaults
    std::string samplingSource;        // where the advice stands; empty: there is none
    std::string fingerprint;           // modelFingerprint()
    double loadMs = 0;                 // measured
    std::vector<std::string> notes;    // what differs from the original model: sentences
};

struct ChatInput
{
    std::vector<ChatMessage> messages;
    Thinking thinking = Thinking::ModelDefault;
};
struct RawInput // no template; special-token literals are recognised when parseSpecial is set
{
    std::string prompt;
    bool parseSpecial = true;
};
struct FillInMiddleInput
{
    std::string prefix, suffix;
};

// Whether a step verifies several tokens that are guessed from what the text repeats (LookupDraft). The answer is the same.
enum class Guesses {
    None,
    WherePaying, // by what steps took and how often guesses held
    Always       // as many as there are: for tests
};

inline constexpr std::uint32_t kMostAlternatives = 16;

struct GenerationRequest
{
    std::variant<ChatInput, RawInput, FillInMiddleInput> input;
    // The answer begins with these tokens: one that was cut goes on, or one begins like another. They follow the rendered prompt as
    // if they had just been drawn, each with one draw of the sampler: with the same seed, an answer cut after n tokens and given
    // these goes on with the tokens that it would have had. On the CPU bit by bit; on a GPU as well while their rows are in the KV
    // cache, later their rows come from the prefill, which has other bits than decode. Ids beyond the vocabulary are
    // InvalidArgument. Where the last one ends an answer, it ends at once.
    std::vector<TokenId> start{};
    SamplingOptions sampling;
    std::vector<std::string> stopStrings; // the answer ends before the first of them; never part of the text
    std::uint32_t maxTokens = 0;          // generated ones; 0: until the context is full
    std::uint32_t alternatives = 0;       // of each token, for GenerationSink::onToken(); at most kMostAlternatives
    Guesses guesses = Guesses::WherePaying;
    bool keepOnDisk = true; // when it is answered, where LoadOptions::kvFolder allows it
};

enum class EndReason {
    Stop,      // the model ended its turn, or a stop string came
    Length,    // maxTokens
    Cancelled, // the stop token
    Context    // the context is full
};
const char *endReasonName(EndReason reason); // "stop", "length", "cancelled", "context"

// Measured, never estimated. Rates are 0 when nothing was read or written.
struct GenerationStatistics
{
    EndReason endReason = EndReason::Stop;
    std::uint32_t promptTokens = 0;   // those of GenerationRequest::start included
    std::uint32_t startTokens = 0;    // of these
    std::uint32_t cachedTokens = 0; // of the prompt, reused and not read again
    std::uint32_t tokensFromDisk = 0; // of these, out of LoadOptions::kvFolder
    double diskMs = 0;                // what looking for them there took
    std::uint32_t generatedTokens = 0;
    std::uint32_t guessedTokens = 0; // verified in one step with others (LookupDraft)
    std::uint32_t rightGuesses = 0;  // of these: part of the answer
    double prefillTokensPerSecond = 0;
    double decodeTokensPerSecond = 0;
    double firstTokenMs = 0; // from the call to the first token
    std::uint64_t seed = 0;  // of the sampler, chosen or given: it repeats the answer
    std::vector<TokenId> tokens; // generated, the one that ended the answer not included
    std::vector<std::string> notes; // sentences: what of the model matters here, a chat template that refused
};

// A token and what the model thought of it: softmax of its logits at temperature 1, as they came, before the repeat penalty and every
// filter of the sampler. `bytes` lives as long as the model.
struct TokenChance
{
    TokenId token = 0;
    float probability = 0;
    bool isText = true; // false: a control token, which is no part of the text
    std::string_view bytes{}; // part of a character, perhaps; of a control token its literal
};

// Receives what a generation produces; called on the thread of generate().
class GenerationSink
{
public:
    virtual ~GenerationSink() = default;
    // The seed of the sampler, chosen or given. Before onPrompt().
    virtual void onSeed(std::uint64_t seed) {}
    // The prompt is known. Before any progress or text.
    virtual void onPrompt(std::uint32_t promptTokens, std::uint32_t cachedTokens, bool opensReasoning) {}
    // After onPrompt(), where the request has a start: its text, as onText() had passed it on. What onText() brings follows it.
    virtual void onStartText(std::string_view text) {}
    // Where the request asks for alternatives: each generated token, in order, before its text; the one that ends the answer is
    // none. `others`: the likeliest of all other tokens, the likeliest first, fewer only when the vocabulary is smaller.
    virtual void onToken(const TokenChance &token, std::span<const TokenChance> others) {}
    // After each prefill chunk: tokens of the prompt that are in the cache now (reused ones count).
    virtual void onPromptProgress(std::uint32_t done, std::uint32_t total) {}
    // Whole UTF-8 characters of the answer, reasoning tags included, stop strings excluded.
    virtual void onText(std::string_view text) = 0;
};

// generate(), load() and unload() come from one thread, the engine thread. summary(), countTokens() and
// renderPrompt() may be called from any thread at any time.
class Engine
{
public:
    virtual ~Engine() = default;

    using LoadProgress = std::function<void(std::uint64_t bytesDone, std::uint64_t bytesTotal)>;
    // Opens a model; the one loaded before stays when this fails. Reports progress while the file's bytes are brought
    // into memory. A raised stop ends with ErrorCode::Cancelled.
    virtual Result<ModelSummary> load(const std::filesystem::path &path, const LoadOptions &options, LoadProgress progress,
                                      std::stop_token stop) = 0;
    virtual void unload() = 0;
    virtual std::optional<ModelSummary> summary() const = 0;

    // Render -> encode -> longest cached prefix -> prefill in chunks -> sample, detokenize, decode step -> statistics.
    // A prompt longer than the context is refused with ContextFull; nothing is ever cut. Cancelling is no error: the
    // engine is idle within 150 ms of the stop and the statistics say so.
    virtual Result<GenerationStatistics> generate(const GenerationRequest &request, GenerationSink &sink,
                                                  std::stop_token stop) = 0;

    // Exact number of prompt tokens of a request, as generate() would count them.
    virtual Result<std::uint32_t> countTokens(const GenerationRequest &request) const = 0;
};

// The engine of this program: on the CPU, or by the CUDA plug-in where it is there and a GPU holds the model.
std::unique_ptr<Engine> createEngine();

} // namespace inference
