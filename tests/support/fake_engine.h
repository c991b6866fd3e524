// An engine whose answers, delays and errors a test writes down beforehand.
#pragma once

#include "inference/engine.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace test {

using std::chrono::milliseconds;

// A piece of an answer, which is one token; it comes `delay` after the one before. With `hold` it comes only after
// EngineScript::release().
struct FakePiece
{
    std::string text;
    milliseconds delay{0};
    bool hold = false;
    // Where alternatives are asked for.
    float probability = 0.9f;
    std::vector<std::pair<std::string, float>> others{{"other ", 0.05f}};
};

struct FakeAnswer
{
    FakeAnswer() = default;
    // One piece a word, or the pieces given.
    explicit FakeAnswer(const std::string &text, milliseconds delay = milliseconds(0));
    explicit FakeAnswer(std::vector<FakePiece> answerPieces) : pieces(std::move(answerPieces)) {}

    std::vector<FakePiece> pieces;
    std::uint32_t promptTokens = 0; // 0: what countTokens() says
    std::uint32_t cachedTokens = 0;
    bool opensReasoning = false;
    bool holdPrompt = false; // onPrompt() comes only after EngineScript::release(): text is being made tokens
    std::uint32_t promptChunks = 1; // onPromptProgress() comes this often, after chunkDelay each
    milliseconds chunkDelay{0};
    std::optional<inference::Error> error; // after the pieces; before onPrompt() when refused is set
    bool refused = false;
    inference::EndReason endReason = inference::EndReason::Stop;
    double decodeTokensPerSecond = 50;
    double prefillTokensPerSecond = 500;
    std::vector<std::string> notes;
};

struct FakeLoad
{
    milliseconds duration{0}; // in ten steps with progress
    std::optional<inference::Error> error;
    std::optional<inference::ModelSummary> summary; // else defaultSummary() with the name of the file
    bool hold = false;                              // ends only after EngineScript::release()
    bool ignoresStop = false; // succeeds although it was stopped: the stop came too late
};

// What the engine does and what it was asked. Thread-safe; outlives the engine, so that a test can ask
// afterwards.
class EngineScript
{
public:
    // Answers are used in order; after the last one comes the default: an echo of the last message, or what
    // is set here.
    void addAnswer(FakeAnswer answer);
    void addAnswer(const std::string &text, milliseconds delay = milliseconds(0));
    using AnswerFunction = std::function<FakeAnswer(const inference::GenerationRequest &)>;
    void setDefaultAnswer(AnswerFunction function); // called on the engine thread
    void addLoad(FakeLoad load);                    // after the last one loads succeed at once
    void setCountDelay(milliseconds delay);
    void setContextLength(
        std::uint32_t tokens);   // longer prompts are refused with ContextFull; 0: no limit (default)
    void release(int count = 1); // lets that many holds go on, now or when they come

    std::vector<inference::GenerationRequest> requests() const; // in the order in which they began
    std::vector<std::string> loads() const;                     // paths, in order
    std::vector<inference::LoadOptions> loadOptions() const;    // theirs
    int finished() const;                                       // generations that have ended, in any way
    int cancelled() const;                                      // of these, ended by the stop token
    int counts() const;
    int unloads() const;
    int mostAtOnce()
        const; // generate(), load() and unload() running at the same time, at most: 1 when all is well
    int threads() const;  // different threads that called them
    bool holding() const; // something waits for release()
    // The token that stands for this text, and the text of a token that there was.
    inference::TokenId tokenOf(const std::string &text);
    std::string textOf(inference::TokenId token) const;

private:
    friend class FakeEngine;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<FakeAnswer> m_answers;
    std::deque<FakeLoad> m_loads;
    AnswerFunction m_default;
    std::vector<inference::GenerationRequest> m_requests;
    std::vector<std::string> m_paths;
    std::vector<inference::LoadOptions> m_loadOptions;
    std::vector<std::size_t> m_threadIds;
    std::map<inference::TokenId, std::string> m_texts; // nodes stay where they are
    milliseconds m_countDelay{0};
    std::uint32_t m_contextLength = 0;
    int m_released = 0, m_holding = 0;
    int m_finished = 0, m_cancelled = 0, m_counts = 0, m_unloads = 0, m_inside = 0, m_mostAtOnce = 0;
};

class FakeEngine : public inference::Engine
{
public:
    explicit FakeEngine(std::shared_ptr<EngineScript> script);

    inference::Result<inference::ModelSummary> load(const std::filesystem::path &path,
                                                    const inference::LoadOptions &options,
                                                    LoadProgress progress, std::stop_token stop) override;
    void unload() override;
    std::optional<inference::ModelSummary> summary() const override;
    inference::Result<inference::GenerationStatistics> generate(const inference::GenerationRequest &request,
                                                                inference::GenerationSink &sink,
                                                                std::stop_token stop) override;
    inference::Result<std::uint32_t> countTokens(const inference::GenerationRequest &request) const override;

    static inference::ModelSummary defaultSummary(const std::filesystem::path &path);
    // Words of all messages, plus four for each message: what countTokens() says.
    static std::uint32_t words(const inference::GenerationRequest &request);

private:
    class Visit;
    inference::TokenChance chance(const std::string &text, float probability) const;
    bool waitFor(milliseconds duration, const std::stop_token &stop) const; // false: stopped
    bool waitForRelease(const std::stop_token &stop) const;                 // false: stopped

    std::shared_ptr<EngineScript> m_script;
    mutable std::mutex m_summaryMutex;
    std::optional<inference::ModelSummary> m_summary;
};

} // namespace test
