// The token stream of the CUDA backend (kernels/token_stream.h): steps of one token that draw the next one, queued ahead of the
// host.
//
// What the host waits for is an event behind each step; by then the step's token is in the ring, in pinned memory, which has more
// places than steps may be ahead.
#include "kernels/cuda/cuda_backend_impl.h"

#include <algorithm>

namespace kernels::cuda {

void CudaBackend::allocateDrawing()
{
    const std::uint32_t vocabulary = m_plan.shape.vocabularySize;
    m_draw = drawTaskFor(m_arena, vocabulary);
    m_draw.logits = m_logits;
    m_draw.penalised = m_logits + vocabulary; // the row of a second token: a step has one
    m_ring = PinnedBuffer<DrawnToken>(kTokenRing); // the kernel writes it: pinned memory has one address for both
    m_draw.ring = m_ring.data();
    m_stagedDrawing = PinnedBuffer<DrawingState>(1);
    m_stagedWindow = PinnedBuffer<TokenId>(kMostWindow);
    m_draw.findings = m_run.findings;
    m_draw.state = m_state;
    m_draw.tokens = m_tokens;
}

bool CudaBackend::serves(const DrawOptions &options, std::size_t window) const
{
    return m_draw.drawing && window <= kMostWindow && options.topK <= kMostTopK && options.likeliest <= kMostLikeliest;
}

// To the device's table, from the first one that it does not know.
void CudaBackend::addPages(std::span<const KvPageId> pages, std::size_t needed)
{
    if (needed <= m_drawPages)
        return;
    for (std::size_t i = m_drawPages; i < needed; ++i)
        m_stagedPages.data()[i] = m_kv.address(pages[i]);
    check(cudaMemcpyAsync(m_pages + m_drawPages, m_stagedPages.data() + m_drawPages, (needed - m_drawPages) * sizeof(std::byte *),
                          cudaMemcpyHostToDevice, m_stream),
          kInputCopy);
    m_drawPages = needed;
}

Result<void> CudaBackend::startDrawing(const DrawOptions &options, const DrawState &state, const RunInput &first)
{
    if (m_pending)
        return *std::exchange(m_pending, {});
    if (!serves(options, state.window.size()) || first.tokens.size() != 1)
        return invalid("The tokens of these options are drawn by the host", kMostTopK, options.topK);
    RunInput input = first;
    input.logitsWanted = LogitsWanted::Last;
    if (Result<void> checked = checkInput(input, m_plan.shape.vocabularySize); !checked)
        return checked;
    try {
        begin(0, input);
        DrawingState &drawing = *m_stagedDrawing.data();
        drawing = DrawingState{};
        drawing.options = options;
        drawing.random = state.random;
        drawing.windowSize = static_cast<std::uint32_t>(state.window.size());
        drawing.windowNext = state.windowNext;
        drawing.windowUsed = state.windowUsed;
        const auto copy = [&](void *to, const void *from, std::size_t bytes) {
            check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, m_stream), kInputCopy);
        };
        copy(m_draw.drawing, &drawing, sizeof drawing);
        if (!state.window.empty()) {
            std::copy(state.window.begin(), state.window.end(), m_stagedWindow.data());
            copy(m_draw.window, m_stagedWindow.data(), state.window.size_bytes());
        }
        m_drawPosition = input.firstPosition;
        m_stepsQueued = m_stepsTaken = 0;
        m_isDrawing = true;
    } catch (const Failure &failure) {
        return failed(failure);
    }
    return {};
}

// A decode step of the token that lies on the device, and the choice of the next one.
void CudaBackend::queueDraw()
{
    queueSteps(m_segments[0].piece, {1, 1}, {});
    ops::draw(m_draw, m_stream);
}

Result<void> CudaBackend::queueStep(std::span<const KvPageId> pages)
{
    const std::size_t needed = m_drawPosition / kKvPageTokens + 1;
    if (!m_isDrawing || m_stepsQueued - m_stepsTaken >= kMostAhead)
        return invalid("Too many steps are ahead", kMostAhead, m_stepsQueued - m_stepsTaken);
    if (needed > kMostPages || pages.size() < needed)
        return invalid("The pages do not cover all positions", needed, pages.size());
    if (!m_kv.has(pages[needed - 1]))
        return invalid("A page is not allocated", 0, pages[needed - 1]);
    try {
        useDevice();
        addPages(pages, needed);
        if (m_drawGraph) {
            m_drawGraph.launch(m_stream);
            ++m_graphLaunches;
        } else { // as with runs: kernels are loaded by their first launch, which a capture may not bear
            queueDraw();
            m_drawGraph = Graph::capture(m_stream, [&] { queueDraw(); });
            ++m_captures;
        }
        m_drawn[m_stepsQueued % kTokenRing].record(m_stream);
        ++m_stepsQueued;
        ++m_drawPosition;
    } catch (const Failure &failure) {
        m_isDrawing = false;
        return failed(failure);
    }
    return {};
}

Result<DrawnToken> CudaBackend::takeToken()
{
    if (!m_isDrawing || m_stepsTaken == m_stepsQueued)
        return invalid("No step is under way", 1, 0);
    const std::uint64_t place = m_stepsTaken % kTokenRing;
    try {
        useDevice();
        m_drawn[place].wait();
    } catch (const Failure &failure) {
        m_isDrawing = false;
        return failed(failure);
    }
    ++m_stepsTaken;
    return m_ring.data()[place];
}

void CudaBackend::stopDrawing()
{
    if (!m_isDrawing)
        return;
    m_isDrawing = false;
    try {
        useDevice();
        m_stream.wait();
    } catch (const Failure &) {
        // nobody wants what was under way; a device that is broken says so with the next run
    }
}

} // namespace kernels::cuda
