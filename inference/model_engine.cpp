#include "inference/model_engine.h"

#include "inference/answer_text.h"
#include "inference/gguf/wording.h"
#include "inference/lookup_draft.h"
#include "inference/model/sparse_attention.h"
#include "inference/prompt.h"
#include "inference/sampler.h"
#include "inference/token_chances.h"
#include "kernels/token_stream.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>

namespace inference {

using kernels::RunOutcome;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Error noModel()
{
    return {ErrorCode::InvalidArgument, "No model is loaded. Open one first."};
}

// Exceptions end here: the standard library's when memory runs out, a device's when it fails.
template <class T, class Body> Result<T> guarded(const char *doing, Body body)
{
    try {
        return body();
    } catch (const std::bad_alloc &) {
        return Error(ErrorCode::OutOfMemory,
                     {.what = "Memory ran out",
                      .where = doing,
                      .wayOut = "Close other programs, or choose a shorter context or a "
                                "smaller model."});
    } catch (const std::exception &exception) {
        return Error(
            ErrorCode::Internal,
            {.what = "Something failed inside the engine", .where = doing, .found = exception.what()});
    }
}

Error promptTooLong(std::size_t promptTokens, std::uint32_t contextLength)
{
    const std::string expected = "at most " + grouped(contextLength - 1) + " tokens";
    const std::string found = grouped(promptTokens);
    return {ErrorCode::ContextFull,
            {.what = "The prompt does not fit the context",
             .where = "which holds " + grouped(contextLength) + " tokens, the answer's included",
             .expected = expected,
             .found = found,
             .wayOut = "Shorten it, or load the model with a longer context."}};
}

// The tokens that the answer begins with, behind the prompt.
Result<void> addStart(const ModelFile &file, const GenerationRequest &request, Prompt &prompt)
{
    const std::uint32_t vocabulary = file.config.shape.vocabularySize;
    for (const TokenId token : request.start) {
        if (token < 0 || std::uint32_t(token) >= vocabulary) {
            const std::string expected = "ids below " + grouped(vocabulary), found = std::to_string(token);
            return Error(ErrorCode::InvalidArgument, {.what = "The answer cannot go on with this model",
                                                      .where = "one of its tokens is not in the vocabulary",
                                                      .expected = expected,
                                                      .found = found});
        }
    }
    prompt.tokens.insert(prompt.tokens.end(), request.start.begin(), request.start.end());
    return {};
}

// One generation over an open model. read() and write() are what Engine::generate() promises, in order.
class Generation
{
public:
    Generation(OpenModel &model, const GenerationRequest &request, Prompt prompt, GenerationSink &sink,
               std::stop_token stop)
        : m_model(model), m_cache(*model.cache), m_request(request), m_prompt(std::move(prompt)),
          m_sink(sink), m_stop(std::move(stop)), m_logits(model.file->config.shape.vocabularySize),
          m_text(*model.file->tokenizer, m_prompt.stopStrings, sink),
          m_chances(request.alternatives, request.sampling, *model.file->tokenizer, model.file->config.shape.vocabularySize),
          m_lookup(model.cache->contextLength())
    {}
    ~Generation()
    {
        if (m_ahead > 0)
            m_stream->stopDrawing();
    }
    Generation(const Generation &) = delete;
    Generation &operator=(const Generation &) = delete;

    Result<GenerationStatistics> run(Clock::time_point start);

private:
    Result<RunOutcome> read();
    Result<EndReason> write(Clock::time_point start);
    Error located(const Error &error, std::span<const TokenId> tokens, std::uint32_t firstPosition);
    bool endsAnswer(TokenId token) const;
    std::span<float> row(std::size_t index)
    {
        const std::size_t size = m_model.file->config.shape.vocabularySize;
        return std::span(m_logits).subspan(index * size, size);
    }
    Result<std::optional<TokenId>> draw();
    Result<std::optional<kernels::DrawnToken>> takeToken();
    Result<RunOutcome> step(TokenId token);
    Result<RunOutcome> stepAhead(TokenId token);
    void guess();
    void compareGuesses(TokenId token);

    OpenModel &m_model;
    KvCache &m_cache;
    const GenerationRequest &m_request;
    const Prompt m_prompt; // and the tokens that the answer begins with
    GenerationSink &m_sink;
    const std::stop_token m_stop;
    std::vector<float> m_logits; // (tokens of a step, vocabulary): one row until the first guess, then all
    AnswerText m_text;
    TokenChances m_chances;
    std::optional<Sampler> m_sampler; // stands where the tokens of the answer do, whoever drew them
    // Where the backend draws tokens by itself, with these options; else null. Of the steps ahead the first one has run the
    // answer's last token, or does.
    kernels::TokenStream *m_stream = nullptr;
    std::uint32_t m_ahead = 0;                   // that were not taken
    // Where tokens are left to the host, for so many steps it goes on itself: twice as many each time in a row.
    std::uint32_t m_hostSteps = 0, m_mostHostSteps = 0;
    std::optional<kernels::DrawnToken> m_drawn;  // the last token, where it was drawn so
    Clock::time_point m_taken;                   // when the token before it was there
    Clock::time_point m_stepStart;               // of the last step of the host
    LookupDraft m_lookup;
    std::vector<TokenId> m_stepTokens; // of the last step: one that was certain, and guesses
    std::size_t m_held = 0;            // how many of the guesses were right so far
    // The guess that the step began with, or could have, and how long the match before it was.
    std::optional<TokenId> m_guess;
    std::uint32_t m_matched = 0;
    GenerationStatistics m_statistics;
};

Result<GenerationStatistics> Generation::run(Clock::time_point start)
{
    m_statistics.promptTokens = std::uint32_t(m_prompt.tokens.size());
    m_statistics.startTokens = std::uint32_t(m_request.start.size());
    if (!m_prompt.note.empty())
        m_statistics.notes.push_back(m_prompt.note);
    m_statistics.cachedTokens = m_cache.open(m_prompt.tokens, m_stop);
    m_statistics.tokensFromDisk = m_cache.tokensFromDisk();
    m_statistics.diskMs = m_cache.diskMs();
    m_statistics.seed = m_request.sampling.seed ? *m_request.sampling.seed : randomSeed();
    m_sink.onSeed(m_statistics.seed);
    m_sink.onPrompt(m_statistics.promptTokens, m_statistics.cachedTokens, m_prompt.opensReasoning);
    if (!m_request.start.empty()) {
        m_sink.onStartText(m_text.begin(m_request.start));
        if (m_text.stopped() || endsAnswer(m_request.start.back())) {
            m_text.flush();
            return std::move(m_statistics);
        }
    }

    const Result<RunOutcome> outcome = read();
    if (!outcome)
        return outcome.error();
    m_statistics.endReason = EndReason::Cancelled;
    if (*outcome == RunOutcome::Done) {
        const Result<EndReason> reason = write(start);
        if (!reason)
            return reason.error();
        m_statistics.endReason = *reason;
    }
    m_statistics.generatedTokens = std::uint32_t(m_statistics.tokens.size());
    const std::uint32_t denseAbove = m_model.file->config.denseAbove;
    if (denseAbove > 0 && m_cache.length() > denseAbove)
        m_statistics.notes.push_back(denseAttentionNote(denseAbove));
    return std::move(m_statistics);
}

// Prefill: the rest of the prompt, in chunks.
Result<RunOutcome> Generation::read()
{
    const std::uint32_t total = m_statistics.promptTokens;
    const auto start = Clock::now();
    auto outcome = readPrompt(
        *m_model.backend, m_cache, m_prompt.tokens, m_model.chunk, row(0),
        [&](std::uint32_t done) { m_sink.onPromptProgress(done, total); }, m_stop);
    const std::uint32_t read = m_cache.length() - m_statistics.cachedTokens;
    if (read > 0)
        m_statistics.prefillTokensPerSecond = read / secondsSince(start);
    if (!outcome) {
        const std::span<const TokenId> left = std::span(m_prompt.tokens).subspan(m_cache.length());
        return located(outcome.error(),
                       left.first(std::min<std::size_t>(left.size(), m_model.chunk.tokens())),
                       m_cache.length());
    }
    return outcome;
}

// An error of a run of these tokens; where numbers went wrong, with the part of the model that made them so.
Error Generation::located(const Error &error, std::span<const TokenId> tokens, std::uint32_t firstPosition)
{
    if (error.code != ErrorCode::InvalidNumbers)
        return error;
    kernels::Backend &backend = *m_model.backend;
    const auto step = backend.findInvalidStep(
        {.tokens = tokens, .firstPosition = firstPosition, .pages = m_cache.pages()}, m_stop);
    if (!step || !*step)
        return error;
    return kernels::invalidNumbers(kernels::stepPlace(backend.plan(), **step));
}

// The loop: sample, stop?, detokenize, sink, decode step; then the flush. Gives why it ended.
Result<EndReason> Generation::write(Clock::time_point start)
{
    m_sampler.emplace(m_request.sampling, m_model.file->config.shape.vocabularySize, m_cache.contextLength(), m_statistics.seed);
    for (const TokenId token : m_prompt.tokens) {
        m_sampler->accept(token);
        m_lookup.append(token);
    }
    m_sampler->skip(m_request.start.size());
    kernels::TokenStream *const stream = m_model.backend->tokenStream();
    if (stream && stream->serves(m_sampler->drawOptions(m_chances.likeliest()), m_sampler->drawState().window.size()))
        m_stream = stream;
    const double prefillRate = m_statistics.prefillTokensPerSecond;
    m_model.drafts.begin(prefillRate > 0 ? 1 / prefillRate : 0);

    std::vector<TokenId> &tokens = m_statistics.tokens;
    Clock::time_point first;
    EndReason reason = EndReason::Cancelled;
    while (!m_stop.stop_requested()) {
        const Result<std::optional<TokenId>> drawn = draw();
        if (!drawn) { // the answer so far is kept
            m_text.flush();
            return drawn.error();
        }
        const std::optional<TokenId> token = *drawn;
        if (!token)
            break;
        if (tokens.empty()) {
            first = Clock::now();
            m_statistics.firstTokenMs = secondsSince(start) * 1000;
        }
        reason = EndReason::Stop;
        if (endsAnswer(*token))
            break;
        tokens.push_back(*token);
        if (m_drawn)
            m_chances.tell(*m_drawn, m_sink);
        else
            m_chances.tell(*token, m_sink);
        m_sampler->accept(*token);
        m_lookup.append(*token);
        if (m_text.push(*token))
            break;
        reason = EndReason::Length;
        if (m_request.maxTokens != 0 && tokens.size() >= m_request.maxTokens)
            break;
        reason = EndReason::Context;
        if (m_statistics.promptTokens + tokens.size() >= m_cache.contextLength())
            break;
        reason = EndReason::Cancelled;
        if (m_held + 1 < m_stepTokens.size() && m_stepTokens[m_held + 1] == *token) {
            m_cache.append({&*token, 1}); // its row of logits is there
            ++m_held;
            ++m_statistics.rightGuesses;
            continue;
        }
        const Result<RunOutcome> outcome = step(*token);
        if (!outcome) {
            m_text.flush();
            return located(outcome.error(), std::span(&*token, 1), m_cache.length());
        }
        if (*outcome == RunOutcome::Stopped)
            break;
    }
    if (reason == EndReason::Cancelled && m_ahead > 0)
        (void)takeToken(); // the last token has run: its rows count
    if (tokens.size() > 1)
        m_statistics.decodeTokensPerSecond = double(tokens.size() - 1) / secondsSince(first);
    m_text.flush();
    return reason;
}

// The next token: as the backend drew it, or from its row of logits. Nothing when stopped.
Result<std::optional<TokenId>> Generation::draw()
{
    m_drawn.reset();
    const TokenId last = m_statistics.tokens.empty() ? m_prompt.tokens.back() : m_statistics.tokens.back();
    if (m_ahead > 0) {
        auto drawn = takeToken();
        if (!drawn)
            return located(drawn.error(), std::span(&last, 1), m_cache.length());
        if (*drawn) {
            m_drawn = **drawn;
            return std::optional(m_drawn->token);
        }
        // left to the host: the step again, for its logits
        m_mostHostSteps = std::min(2 * m_mostHostSteps + 1, 63u);
        m_hostSteps = m_mostHostSteps;
        const auto outcome = decodeStep(*m_model.backend, m_cache, std::span(&last, 1), row(0), m_stop);
        if (!outcome)
            return located(outcome.error(), std::span(&last, 1), m_cache.length());
        if (*outcome == RunOutcome::Stopped)
            return std::optional<TokenId>();
    }
    m_chances.read(row(m_held));
    const Result<TokenId> token = m_sampler->sample(row(m_held));
    if (!token)
        return located(token.error(), std::span(&last, 1), m_cache.length() - 1);
    return std::optional(*token);
}

// The token of the earliest step that is under way, which has run the answer's last one. Nothing where it is left to the host;
// none is under way then.
Result<std::optional<kernels::DrawnToken>> Generation::takeToken()
{
    const auto drawn = m_stream->takeToken();
    if (!drawn || drawn->token < 0) {
        m_stream->stopDrawing();
        m_ahead = 0;
        if (!drawn)
            return drawn.error();
        return std::optional<kernels::DrawnToken>();
    }
    --m_ahead;
    m_mostHostSteps = 0;
    m_cache.append({&m_statistics.tokens.back(), 1});
    m_sampler->skip(1);
    m_model.drafts.ran(1, secondsSince(m_taken));
    m_taken = Clock::now();
    return std::optional(*drawn);
}

// The next decode step: the token, and what probably comes behind it where that pays. Without guesses the backend goes ahead
// where it can.
Result<RunOutcome> Generation::step(TokenId token)
{
    compareGuesses(token);
    if (m_stream && m_stepTokens.size() > 1) // the host's draws count, as the backend's do
        m_model.drafts.ran(std::uint32_t(m_stepTokens.size()), secondsSince(m_stepStart));
    m_stepTokens.assign(1, token);
    m_held = 0;
    guess();
    if (m_stream && m_stepTokens.size() == 1 && m_hostSteps == 0)
        return stepAhead(token);
    if (m_ahead > 0) { // what is under way comes first, then guesses at what is behind it
        m_stepTokens.resize(1);
        return RunOutcome::Done;
    }
    m_hostSteps -= std::min(m_hostSteps, 1u);
    const auto run = [this] {
        const std::size_t vocabulary = m_model.file->config.shape.vocabularySize;
        const std::size_t logits = m_stepTokens.size() * vocabulary;
        if (logits > m_logits.size())
            m_logits.resize((DraftPlanner::kMostDrafts + 1) * vocabulary);
        return decodeStep(*m_model.backend, m_cache, m_stepTokens, std::span(m_logits).first(logits), m_stop);
    };
    m_stepStart = Clock::now();
    Result<RunOutcome> outcome = run();
    if (!outcome && m_stepTokens.size() > 1) { // a guess must not end an answer
        m_stepTokens.resize(1);
        outcome = run();
    }
    if (outcome && *outcome == RunOutcome::Done && !m_stream)
        m_model.drafts.ran(std::uint32_t(m_stepTokens.size()), secondsSince(m_stepStart));
    m_statistics.guessedTokens += std::uint32_t(m_stepTokens.size() - 1);
    return outcome;
}

// Behind the token of the next step what probably follows it, where that pays.
void Generation::guess()
{
    m_guess.reset();
    if (m_request.guesses == Guesses::None)
        return;
    std::uint32_t room = std::min(DraftPlanner::kMostDrafts, m_model.mostTokens - 1);
    room = std::min(room, m_cache.contextLength() - m_cache.length() - 1);
    if (m_request.maxTokens != 0)
        room = std::min(room, m_request.maxTokens - std::uint32_t(m_statistics.tokens.size()));
    const LookupDraft::Guess guess = m_lookup.guess(room);
    if (!guess.tokens.empty()) {
        m_guess = guess.tokens.front();
        m_matched = guess.matched;
        const auto available = std::uint32_t(guess.tokens.size());
        const std::uint32_t drafts = m_request.guesses == Guesses::Always
                                         ? available
                                         : m_model.drafts.choose(m_matched, available);
        m_stepTokens.insert(m_stepTokens.end(), guess.tokens.begin(), guess.tokens.begin() + drafts);
    }
}

// The step of the token, unless it is under way, and steps behind it, for as long as the answer may go on. The token of a step
// that the answer turns out not to need is forgotten.
Result<RunOutcome> Generation::stepAhead(TokenId token)
{
    const std::size_t known = m_statistics.tokens.size();
    const auto mayGoOn = [&] { // what write() asks once these are drawn
        return (m_request.maxTokens == 0 || known + m_ahead < m_request.maxTokens) &&
               m_statistics.promptTokens + known + m_ahead < m_cache.contextLength();
    };
    if (m_stop.stop_requested()) { // as a run() of the token would say
        if (m_ahead > 0)
            m_stream->stopDrawing();
        m_ahead = 0;
        return RunOutcome::Stopped;
    }
    while (m_ahead < kernels::TokenStream::kMostAhead && mayGoOn()) {
        if (const auto reserved = m_cache.reserve(m_ahead + 1); !reserved) {
            if (m_ahead > 0) // in time enough when its token is there
                break;
            return reserved.error();
        }
        if (m_ahead == 0) {
            const kernels::RunInput first{.tokens = {&token, 1}, .firstPosition = m_cache.length(), .pages = m_cache.pages()};
            const kernels::DrawOptions options = m_sampler->drawOptions(m_chances.likeliest());
            if (const auto started = m_stream->startDrawing(options, m_sampler->drawState(), first); !started)
                return started.error();
            m_taken = Clock::now();
        }
        if (const auto queued = m_stream->queueStep(m_cache.pages()); !queued) {
            m_ahead = 0;
            return queued.error();
        }
        ++m_ahead;
    }
    return RunOutcome::Done;
}

// What the guesses of the last step were worth, now that the token behind the right ones is known. A guess
// that was not run counts as well.
void Generation::compareGuesses(TokenId token)
{
    if (m_stepTokens.size() > 1)
        m_model.drafts.compared(m_matched, std::uint32_t(m_held), m_held + 1 < m_stepTokens.size());
    else if (m_guess)
        m_model.drafts.compared(m_matched, *m_guess == token ? 1 : 0, *m_guess != token);
}

bool Generation::endsAnswer(TokenId token) const
{
    if (std::find(m_prompt.endTokens.begin(), m_prompt.endTokens.end(), token) != m_prompt.endTokens.end())
        return true;
    return m_prompt.endsAtAnySpecialToken && m_model.file->tokenizer->isSpecial(token);
}

} // namespace

ModelEngine::ModelEngine(BackendFactory factory) : m_createBackend(std::move(factory)) {}

ModelEngine::~ModelEngine() = default;

Result<ModelSummary> ModelEngine::load(const std::filesystem::path &path, const LoadOptions &options,
                                       LoadProgress progress, std::stop_token stop)
{
    return guarded<ModelSummary>("while the model was loaded", [&]() -> Result<ModelSummary> {
        auto model = OpenModel::open(path, options, m_createBackend, progress, stop);
        if (!model)
            return model.error();
        publish(std::make_shared<Snapshot>(Snapshot{(*model)->file, (*model)->summary}));
        m_model = std::move(*model);
        return m_model->summary;
    });
}

void ModelEngine::unload()
{
    publish(nullptr);
    m_model.reset();
}

std::optional<ModelSummary> ModelEngine::summary() const
{
    const auto current = snapshot();
    return current ? std::optional(current->summary) : std::nullopt;
}

Result<GenerationStatistics> ModelEngine::generate(const GenerationRequest &request, GenerationSink &sink,
                                                   std::stop_token stop)
{
    if (!m_model)
        return noModel();
    auto result = guarded<GenerationStatistics>("during a generation", [&]() -> Result<GenerationStatistics> {
        const auto start = Clock::now();
        if (auto checked = checkSamplingOptions(request.sampling); !checked)
            return checked.error();
        auto prompt = buildPrompt(*m_model->file, request, localTime());
        if (!prompt)
            return prompt.error();
        if (auto added = addStart(*m_model->file, request, *prompt); !added)
            return added.error();
        if (prompt->tokens.size() >= m_model->summary.contextLength)
            return promptTooLong(prompt->tokens.size(), m_model->summary.contextLength);
        return Generation(*m_model, request, std::move(*prompt), sink, stop).run(start);
    });
    KvCache &cache = *m_model->cache;
    if (!result) {
        cache.discard();
        return result;
    }
    cache.close();
    // Rows of a model file that was changed meanwhile are those of no model.
    if (request.keepOnDisk && !m_model->file->gguf->differsFromOpened())
        cache.keepOnDisk();
    if (const std::string note = cache.takeNote(); !note.empty())
        result->notes.push_back(note);
    return result;
}

Result<std::uint32_t> ModelEngine::countTokens(const GenerationRequest &request) const
{
    const auto current = snapshot();
    if (!current)
        return noModel();
    return guarded<std::uint32_t>("while tokens were counted", [&]() -> Result<std::uint32_t> {
        const auto prompt = buildPrompt(*current->file, request, localTime());
        if (!prompt)
            return prompt.error();
        return std::uint32_t(prompt->tokens.size() + request.start.size());
    });
}

std::shared_ptr<const ModelEngine::Snapshot> ModelEngine::snapshot() const
{
    const std::lock_guard lock(m_mutex);
    return m_snapshot;
}

void ModelEngine::publish(std::shared_ptr<const Snapshot> snapshot)
{
    const std::lock_guard lock(m_mutex);
    m_snapshot.swap(snapshot); // the old one dies after the lock
}

std::unique_ptr<Engine> createEngine()
{
    return std::make_unique<ModelEngine>();
}

} // namespace inference
