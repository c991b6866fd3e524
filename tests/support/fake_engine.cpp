#include "tests/support/fake_engine.h"

#include <algorithm>
#include <thread>

namespace test {

using namespace inference;

namespace {

std::uint32_t wordCount(const std::string &text)
{
    std::uint32_t count = 0;
    bool inside = false;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\n' || c == '\t';
        count += !space && !inside;
        inside = !space;
    }
    return count;
}

std::string lastText(const GenerationRequest &request)
{
    if (const auto *chat = std::get_if<ChatInput>(&request.input))
        return chat->messages.empty() ? std::string() : chat->messages.back().content;
    if (const auto *raw = std::get_if<RawInput>(&request.input))
        return raw->prompt;
    return std::get<FillInMiddleInput>(request.input).prefix;
}

} // namespace

FakeAnswer::FakeAnswer(const std::string &text, milliseconds delay)
{
    std::size_t begin = 0;
    while (begin < text.size()) {
        std::size_t end = text.find(' ', begin);
        end = end == std::string::npos ? text.size() : end + 1;
        pieces.push_back({text.substr(begin, end - begin), delay, false});
        begin = end;
    }
}

void EngineScript::addAnswer(FakeAnswer answer)
{
    const std::lock_guard lock(m_mutex);
    m_answers.push_back(std::move(answer));
}

void EngineScript::addAnswer(const std::string &text, milliseconds delay)
{
    addAnswer(FakeAnswer(text, delay));
}

void EngineScript::setDefaultAnswer(AnswerFunction function)
{
    const std::lock_guard lock(m_mutex);
    m_default = std::move(function);
}

void EngineScript::addLoad(FakeLoad load)
{
    const std::lock_guard lock(m_mutex);
    m_loads.push_back(std::move(load));
}

void EngineScript::setCountDelay(milliseconds delay)
{
    const std::lock_guard lock(m_mutex);
    m_countDelay = delay;
}

void EngineScript::setContextLength(std::uint32_t tokens)
{
    const std::lock_guard lock(m_mutex);
    m_contextLength = tokens;
}

void EngineScript::release(int count)
{
    const std::lock_guard lock(m_mutex);
    m_released += count;
    m_wake.notify_all();
}

std::vector<GenerationRequest> EngineScript::requests() const
{
    const std::lock_guard lock(m_mutex);
    return m_requests;
}

std::vector<std::string> EngineScript::loads() const
{
    const std::lock_guard lock(m_mutex);
    return m_paths;
}

std::vector<LoadOptions> EngineScript::loadOptions() const
{
    const std::lock_guard lock(m_mutex);
    return m_loadOptions;
}

int EngineScript::finished() const
{
    const std::lock_guard lock(m_mutex);
    return m_finished;
}

int EngineScript::cancelled() const
{
    const std::lock_guard lock(m_mutex);
    return m_cancelled;
}

int EngineScript::counts() const
{
    const std::lock_guard lock(m_mutex);
    return m_counts;
}

int EngineScript::unloads() const
{
    const std::lock_guard lock(m_mutex);
    return m_unloads;
}

int EngineScript::mostAtOnce() const
{
    const std::lock_guard lock(m_mutex);
    return m_mostAtOnce;
}

int EngineScript::threads() const
{
    const std::lock_guard lock(m_mutex);
    return int(m_threadIds.size());
}

bool EngineScript::holding() const
{
    const std::lock_guard lock(m_mutex);
    return m_holding > 0;
}

TokenId EngineScript::tokenOf(const std::string &text)
{
    const auto token = TokenId(std::hash<std::string>()(text) % 100000);
    const std::lock_guard lock(m_mutex);
    m_texts.emplace(token, text);
    return token;
}

std::string EngineScript::textOf(TokenId token) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_texts.find(token);
    return found == m_texts.end() ? std::string() : found->second;
}

// Notes that a call which must be alone is inside the engine.
class FakeEngine::Visit
{
public:
    explicit Visit(EngineScript &script) : m_script(script)
    {
        const std::lock_guard lock(m_script.m_mutex);
        m_script.m_mostAtOnce = std::max(m_script.m_mostAtOnce, ++m_script.m_inside);
        const std::size_t id = std::hash<std::thread::id>()(std::this_thread::get_id());
        auto &ids = m_script.m_threadIds;
        if (std::find(ids.begin(), ids.end(), id) == ids.end())
            ids.push_back(id);
    }
    ~Visit()
    {
        const std::lock_guard lock(m_script.m_mutex);
        --m_script.m_inside;
    }
    Visit(const Visit &) = delete;
    Visit &operator=(const Visit &) = delete;

private:
    EngineScript &m_script;
};

FakeEngine::FakeEngine(std::shared_ptr<EngineScript> script) : m_script(std::move(script)) {}

TokenChance FakeEngine::chance(const std::string &text, float probability) const
{
    const TokenId token = m_script->tokenOf(text);
    const std::lock_guard lock(m_script->m_mutex);
    return {token, probability, true, m_script->m_texts.at(token)};
}

bool FakeEngine::waitFor(milliseconds duration, const std::stop_token &stop) const
{
    if (duration.count() > 0) {
        std::unique_lock lock(m_script->m_mutex);
        m_script->m_wake.wait_for(lock, stop, duration, [] { return false; });
    }
    return !stop.stop_requested();
}

bool FakeEngine::waitForRelease(const std::stop_token &stop) const
{
    std::unique_lock lock(m_script->m_mutex);
    ++m_script->m_holding;
    const bool released = m_script->m_wake.wait(lock, stop, [&] { return m_script->m_released > 0; });
    --m_script->m_holding;
    if (released)
        --m_script->m_released;
    return released && !stop.stop_requested();
}

ModelSummary FakeEngine::defaultSummary(const std::filesystem::path &path)
{
    ModelSummary summary;
    summary.path = path;
    summary.name = path.stem().string();
    summary.architecture = "qwen2";
    summary.quantisation = "Q4_K_M";
    summary.device = "fake";
    summary.fileBytes = 1000000;
    summary.kvBytesPerToken = 1000;
    summary.parameterCount = 1500000;
    summary.contextLength = 4096;
    summary.trainedContextLength = 32768;
    summary.vocabularySize = 1000;
    summary.chatFormat = "chatml";
    summary.chatFormatKnown = true;
    summary.canFillInMiddle = true;
    summary.loadMs = 1;
    summary.fingerprint = "of " + path.string();
    return summary;
}

std::uint32_t FakeEngine::words(const GenerationRequest &request)
{
    if (const auto *chat = std::get_if<ChatInput>(&request.input)) {
        std::uint32_t count = 0;
        for (const ChatMessage &message : chat->messages)
            count += 4 + wordCount(message.content);
        return count;
    }
    if (const auto *raw = std::get_if<RawInput>(&request.input))
        return wordCount(raw->prompt);
    const auto &fill = std::get<FillInMiddleInput>(request.input);
    return wordCount(fill.prefix) + wordCount(fill.suffix) + 3;
}

Result<ModelSummary> FakeEngine::load(const std::filesystem::path &path, const LoadOptions &options,
                                      LoadProgress progress, std::stop_token stop)
{
    const Visit visit(*m_script);
    FakeLoad load;
    {
        const std::lock_guard lock(m_script->m_mutex);
        m_script->m_paths.push_back(path.string());
        m_script->m_loadOptions.push_back(options);
        if (!m_script->m_loads.empty()) {
            load = std::move(m_script->m_loads.front());
            m_script->m_loads.pop_front();
        }
    }
    const std::stop_token heeded = load.ignoresStop ? std::stop_token() : stop;
    ModelSummary summary = load.summary.value_or(defaultSummary(path));
    constexpr int kSteps = 10;
    bool goesOn = !heeded.stop_requested();
    for (int step = 1; step <= kSteps && goesOn; ++step) {
        goesOn = waitFor(load.duration / kSteps, heeded);
        if (goesOn && progress)
            progress(summary.fileBytes * std::uint64_t(step) / kSteps, summary.fileBytes);
    }
    if (goesOn && load.hold)
        goesOn = waitForRelease(heeded);
    if (!goesOn)
        return Error(ErrorCode::Cancelled, ErrorParts{.what = "Loading was stopped", .where = path.string()});
    if (load.error)
        return *load.error;
    const std::lock_guard lock(m_summaryMutex);
    m_summary = summary;
    return summary;
}

void FakeEngine::unload()
{
    const Visit visit(*m_script);
    {
        const std::lock_guard lock(m_script->m_mutex);
        ++m_script->m_unloads;
    }
    const std::lock_guard lock(m_summaryMutex);
    m_summary.reset();
}

std::optional<ModelSummary> FakeEngine::summary() const
{
    const std::lock_guard lock(m_summaryMutex);
    return m_summary;
}

Result<GenerationStatistics> FakeEngine::generate(const GenerationRequest &request, GenerationSink &sink,
                                                  std::stop_token stop)
{
    const Visit visit(*m_script);
    FakeAnswer answer;
    std::uint32_t contextLength = 0;
    EngineScript::AnswerFunction function;
    {
        const std::lock_guard lock(m_script->m_mutex);
        m_script->m_requests.push_back(request);
        contextLength = m_script->m_contextLength;
        if (!m_script->m_answers.empty()) {
            answer = std::move(m_script->m_answers.front());
            m_script->m_answers.pop_front();
        } else if (m_script->m_default) {
            function = m_script->m_default;
        } else {
            answer = FakeAnswer("You said: " + lastText(request));
        }
    }
    if (function)
        answer = function(request);
    const auto leave = [&](bool cancelled) {
        const std::lock_guard lock(m_script->m_mutex);
        ++m_script->m_finished;
        m_script->m_cancelled += cancelled;
    };

    const std::uint32_t prompt = (answer.promptTokens ? answer.promptTokens : words(request)) + std::uint32_t(request.start.size());
    if (!summary() || (answer.refused && answer.error) || (contextLength && prompt > contextLength)) {
        leave(false);
        if (!summary())
            return Error(ErrorCode::InvalidArgument, ErrorParts{.what = "No model is loaded"});
        if (answer.refused && answer.error)
            return *answer.error;
        return Error(ErrorCode::ContextFull,
                     ErrorParts{.what = "The prompt does not fit the context length",
                                .expected = "at most " + std::to_string(contextLength),
                                .found = std::to_string(prompt) + " tokens"});
    }

    GenerationStatistics statistics;
    statistics.promptTokens = prompt;
    statistics.startTokens = std::uint32_t(request.start.size());
    statistics.cachedTokens = answer.cachedTokens;
    statistics.prefillTokensPerSecond = answer.prefillTokensPerSecond;
    statistics.decodeTokensPerSecond = answer.decodeTokensPerSecond;
    statistics.firstTokenMs = 12;
    statistics.seed = request.sampling.seed.value_or(4711);
    bool goesOn = (!answer.holdPrompt || waitForRelease(stop)) && !stop.stop_requested();
    if (goesOn || !answer.holdPrompt) {
        sink.onSeed(statistics.seed);
        sink.onPrompt(prompt, answer.cachedTokens, answer.opensReasoning);
        if (!request.start.empty()) {
            std::string text;
            for (const TokenId token : request.start)
                text += m_script->textOf(token);
            sink.onStartText(text);
        }
    }
    for (std::uint32_t chunk = 1; chunk <= answer.promptChunks && goesOn; ++chunk) {
        goesOn = waitFor(answer.chunkDelay, stop);
        if (goesOn)
            sink.onPromptProgress(prompt * chunk / answer.promptChunks, prompt);
    }
    statistics.endReason = answer.endReason;
    statistics.notes = answer.notes;
    for (const FakePiece &piece : answer.pieces) {
        goesOn = goesOn && (!piece.hold || waitForRelease(stop)) && waitFor(piece.delay, stop);
        if (!goesOn)
            break;
        if (request.maxTokens && statistics.generatedTokens == request.maxTokens) {
            statistics.endReason = EndReason::Length;
            break;
        }
        ++statistics.generatedTokens;
        statistics.tokens.push_back(m_script->tokenOf(piece.text));
        if (request.alternatives > 0) {
            std::vector<TokenChance> others;
            for (const auto &[text, probability] : piece.others)
                others.push_back(chance(text, probability));
            sink.onToken(chance(piece.text, piece.probability), others);
        }
        sink.onText(piece.text);
    }
    if (!goesOn)
        statistics.endReason = EndReason::Cancelled;
    leave(!goesOn);
    if (goesOn && answer.error)
        return *answer.error;
    return statistics;
}

Result<std::uint32_t> FakeEngine::countTokens(const GenerationRequest &request) const
{
    milliseconds delay{0};
    {
        const std::lock_guard lock(m_script->m_mutex);
        ++m_script->m_counts;
        delay = m_script->m_countDelay;
    }
    std::this_thread::sleep_for(delay);
    if (!summary())
        return Error(ErrorCode::InvalidArgument, ErrorParts{.what = "No model is loaded"});
    // As templates do that look at the first message.
    if (const auto *chat = std::get_if<inference::ChatInput>(&request.input); chat && chat->messages.empty())
        return Error(ErrorCode::InvalidArgument, ErrorParts{.what = "There is no message"});
    return words(request);
}

} // namespace test
