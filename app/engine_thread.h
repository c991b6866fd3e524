// The two threads beside the GUI's: one runs the engine's jobs, one at a time, the other counts prompt
// tokens.
#pragma once

#include "app/answer_token.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <variant>
#include <vector>

namespace app {

// What the threads report: plain values, so that no thread touches an object of another one.
struct PromptKnown
{
    std::uint64_t id = 0;
    std::uint32_t promptTokens = 0, cachedTokens = 0;
    bool opensReasoning = false;
    std::uint64_t seed = 0;
};
struct StartTextKnown
{
    std::uint64_t id = 0;
    std::string text;
};
struct PromptProgressed
{
    std::uint64_t id = 0;
    std::uint32_t done = 0, total = 0;
};
struct TextCame
{
    std::uint64_t id = 0;
    std::string text; // whole UTF-8 characters
    std::vector<AnswerToken> tokens{}; // where alternatives were asked for
};
struct GenerationEnded
{
    std::uint64_t id = 0;
    inference::Result<inference::GenerationStatistics> result;
};
struct LoadProgressed
{
    std::uint64_t id = 0, done = 0, total = 0;
};
struct LoadEnded
{
    std::uint64_t id = 0;
    inference::Result<inference::ModelSummary> result;
};
struct UnloadEnded
{};
struct TokensCounted
{
    std::uint64_t id = 0;
    int tokens = -1;
};
using EngineMessage = std::variant<PromptKnown, StartTextKnown, PromptProgressed, TextCame, GenerationEnded, LoadProgressed,
                                   LoadEnded, UnloadEnded, TokensCounted>;

struct GenerateJob
{
    std::uint64_t id = 0;
    inference::GenerationRequest request;
    std::stop_token stop;
};
struct LoadJob
{
    std::uint64_t id = 0;
    std::filesystem::path path;
    inference::LoadOptions options;
    std::stop_source stop;
};
struct UnloadJob
{};
using EngineJob = std::variant<GenerateJob, LoadJob, UnloadJob>;

// Owns the engine. submit() and count() never wait. `wake` is called on one of the threads when messages have
// come and none had been waiting; take() then fetches all of them, in order.
class EngineThread
{
public:
    EngineThread(std::unique_ptr<inference::Engine> engine, std::function<void()> wake);
    ~EngineThread(); // waits for the running job: raise its stop token first
    EngineThread(const EngineThread &) = delete;
    EngineThread &operator=(const EngineThread &) = delete;

    void submit(EngineJob job); // one at a time: the former one has reported its end
    void count(std::uint64_t id, inference::GenerationRequest request);
    // Puts another request in the place of one that has not begun; false when it has.
    bool replaceCount(std::uint64_t id, std::uint64_t newId, const inference::GenerationRequest &request);
    std::vector<EngineMessage> take();
    // Ends both threads; what they still reported can be taken.
    void join();

private:
    class Sink;
    void runJobs();
    void runCounts();
    void run(const GenerateJob &job);
    void run(const LoadJob &job);
    void run(const UnloadJob &job);
    void post(EngineMessage message);

    struct CountJob
    {
        std::uint64_t id = 0;
        inference::GenerationRequest request;
    };

    std::unique_ptr<inference::Engine> m_engine;
    std::function<void()> m_wake;

    std::mutex m_jobMutex;
    std::condition_variable m_jobCame;
    std::optional<EngineJob> m_job;
    std::deque<CountJob> m_counts;
    bool m_quit = false;

    std::mutex m_messageMutex;
    std::vector<EngineMessage> m_messages;

    std::thread m_engineThread, m_countThread;
};

} // namespace app
