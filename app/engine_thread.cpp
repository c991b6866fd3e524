#include "app/engine_thread.h"

#include <algorithm>
#include <iterator>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::ErrorParts;
using inference::GenerationRequest;
using inference::GenerationStatistics;
using inference::ModelSummary;
using inference::Result;
using inference::TokenChance;

namespace {

// An exception of a layer below becomes an Error: nothing may leave a thread function.
template <class T, class Function> Result<T> guarded(Function function)
{
    try {
        return function();
    } catch (const std::bad_alloc &) {
        return Error(ErrorCode::OutOfMemory,
                     ErrorParts{.what = "There is not enough memory",
                                .wayOut = "Close other programs or choose a smaller model."});
    } catch (const std::exception &exception) {
        return Error(ErrorCode::Internal, ErrorParts{.what = "The engine failed", .found = exception.what()});
    }
}

} // namespace

class EngineThread::Sink : public inference::GenerationSink
{
public:
    Sink(EngineThread &thread, std::uint64_t id) : m_thread(thread), m_id(id) {}
    void onSeed(std::uint64_t seed) override { m_seed = seed; }
    void onPrompt(std::uint32_t promptTokens, std::uint32_t cachedTokens, bool opensReasoning) override
    {
        m_thread.post(PromptKnown{m_id, promptTokens, cachedTokens, opensReasoning, m_seed});
    }
    void onStartText(std::string_view text) override { m_thread.post(StartTextKnown{m_id, std::string(text)}); }
    void onToken(const TokenChance &token, std::span<const TokenChance> others) override
    {
        const auto weight = [](const TokenChance &t) { return TokenWeight{t.token, std::string(t.bytes), t.probability, t.isText}; };
        AnswerToken told{weight(token), {}};
        told.others.reserve(others.size());
        for (const TokenChance &other : others)
            told.others.push_back(weight(other));
        TextCame message{m_id, {}, {}};
        message.tokens.push_back(std::move(told));
        m_thread.post(std::move(message));
    }
    void onPromptProgress(std::uint32_t done, std::uint32_t total) override
    {
        m_thread.post(PromptProgressed{m_id, done, total});
    }
    void onText(std::string_view text) override { m_thread.post(TextCame{m_id, std::string(text), {}}); }

private:
    EngineThread &m_thread;
    std::uint64_t m_id;
    std::uint64_t m_seed = 0;
};

EngineThread::EngineThread(std::unique_ptr<inference::Engine> engine, std::function<void()> wake)
    : m_engine(std::move(engine)), m_wake(std::move(wake)), m_engineThread([this] { runJobs(); }),
      m_countThread([this] { runCounts(); })
{}

EngineThread::~EngineThread()
{
    join();
}

void EngineThread::join()
{
    {
        const std::lock_guard lock(m_jobMutex);
        m_quit = true;
    }
    m_jobCame.notify_all();
    if (m_engineThread.joinable())
        m_engineThread.join();
    if (m_countThread.joinable())
        m_countThread.join();
}

void EngineThread::submit(EngineJob job)
{
    {
        const std::lock_guard lock(m_jobMutex);
        m_job = std::move(job);
    }
    m_jobCame.notify_all();
}

void EngineThread::count(std::uint64_t id, GenerationRequest request)
{
    {
        const std::lock_guard lock(m_jobMutex);
        m_counts.push_back({id, std::move(request)});
    }
    m_jobCame.notify_all();
}

bool EngineThread::replaceCount(std::uint64_t id, std::uint64_t newId, const GenerationRequest &request)
{
    const std::lock_guard lock(m_jobMutex);
    const auto found =
        std::find_if(m_counts.begin(), m_counts.end(), [&](const CountJob &job) { return job.id == id; });
    if (found == m_counts.end())
        return false;
    *found = {newId, request};
    return true;
}

std::vector<EngineMessage> EngineThread::take()
{
    const std::lock_guard lock(m_messageMutex);
    return std::exchange(m_messages, {});
}

void EngineThread::post(EngineMessage message)
{
    bool first = false;
    {
        const std::lock_guard lock(m_messageMutex);
        first = m_messages.empty();
        auto *text = std::get_if<TextCame>(&message);
        auto *last = first ? nullptr : std::get_if<TextCame>(&m_messages.back());
        if (text && last && last->id == text->id) {
            last->text += text->text;
            std::move(text->tokens.begin(), text->tokens.end(), std::back_inserter(last->tokens));
        } else {
            m_messages.push_back(std::move(message));
        }
    }
    if (first)
        m_wake();
}

void EngineThread::runJobs()
{
    for (;;) {
        std::optional<EngineJob> job;
        {
            std::unique_lock lock(m_jobMutex);
            m_jobCame.wait(lock, [this] { return m_quit || m_job; });
            if (m_quit)
                return;
            job = std::exchange(m_job, std::nullopt);
        }
        std::visit([this](const auto &which) { run(which); }, *job);
    }
}

void EngineThread::run(const GenerateJob &job)
{
    Sink sink(*this, job.id);
    auto result =
        guarded<GenerationStatistics>([&] { return m_engine->generate(job.request, sink, job.stop); });
    post(GenerationEnded{job.id, std::move(result)});
}

void EngineThread::run(const LoadJob &job)
{
    const auto progress = [&](std::uint64_t done, std::uint64_t total) {
        post(LoadProgressed{job.id, done, total});
    };
    auto result = guarded<ModelSummary>(
        [&] { return m_engine->load(job.path, job.options, progress, job.stop.get_token()); });
    post(LoadEnded{job.id, std::move(result)});
}

void EngineThread::run(const UnloadJob &)
{
    (void)guarded<bool>([&]() -> Result<bool> {
        m_engine->unload();
        return true;
    });
    post(UnloadEnded{});
}

void EngineThread::runCounts()
{
    for (;;) {
        CountJob job;
        {
            std::unique_lock lock(m_jobMutex);
            m_jobCame.wait(lock, [this] { return m_quit || !m_counts.empty(); });
            if (m_quit)
                return;
            job = std::move(m_counts.front());
            m_counts.pop_front();
        }
        const auto tokens = guarded<std::uint32_t>([&] { return m_engine->countTokens(job.request); });
        post(TokensCounted{job.id, tokens ? int(*tokens) : -1});
    }
}

} // namespace app
