// Launches that were captured once and are replayed as one.
#pragma once

#include "kernels/cuda/failure.h"

#include <utility>

namespace kernels::cuda {

class Graph
{
public:
    Graph() = default;
    // What `queue` puts on the stream, without running it. Throws Failure, or what queue throws.
    template <class Queue> static Graph capture(cudaStream_t stream, Queue queue)
    {
        // Other threads go on with streams of their own.
        check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "capture of a graph");
        cudaGraph_t captured = nullptr;
        try {
            queue();
        } catch (...) {
            if (cudaStreamEndCapture(stream, &captured) == cudaSuccess && captured)
                cudaGraphDestroy(captured);
            throw;
        }
        check(cudaStreamEndCapture(stream, &captured), "capture of a graph");
        Graph graph;
        const cudaError_t error = cudaGraphInstantiate(&graph.m_executable, captured, 0);
        cudaGraphDestroy(captured);
        check(error, "instantiation of a graph");
        return graph;
    }
    Graph(Graph &&other) noexcept { *this = std::move(other); }
    Graph &operator=(Graph &&other) noexcept
    {
        std::swap(m_executable, other.m_executable);
        return *this;
    }
    ~Graph()
    {
        if (m_executable)
            cudaGraphExecDestroy(m_executable);
    }
    explicit operator bool() const { return m_executable != nullptr; }
    void launch(cudaStream_t stream) const { check(cudaGraphLaunch(m_executable, stream), "launch of a graph"); }

private:
    cudaGraphExec_t m_executable = nullptr;
};

} // namespace kernels::cuda
