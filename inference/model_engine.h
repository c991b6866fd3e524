// The engine of this program: one open model and the road from a request to its answer.
#pragma once

#include "inference/engine.h"
#include "inference/open_model.h"

#include <memory>
#include <mutex>

namespace inference {

class ModelEngine : public Engine
{
public:
    // The factory is for tests that bring a backend of their own.
    explicit ModelEngine(BackendFactory factory = createBackend);
    ~ModelEngine() override;

    Result<ModelSummary> load(const std::filesystem::path &path, const LoadOptions &options,
                              LoadProgress progress, std::stop_token stop) override;
    void unload() override;
    std::optional<ModelSummary> summary() const override;
    Result<GenerationStatistics> generate(const GenerationRequest &request, GenerationSink &sink,
                                          std::stop_token stop) override;
    Result<std::uint32_t> countTokens(const GenerationRequest &request) const override;

private:
    // What any thread may read at any time.
    struct Snapshot
    {
        std::shared_ptr<const ModelFile> file;
        ModelSummary summary;
    };
    std::shared_ptr<const Snapshot> snapshot() const;
    void publish(std::shared_ptr<const Snapshot> snapshot);

    BackendFactory m_createBackend;
    std::unique_ptr<OpenModel> m_model; // engine thread
    mutable std::mutex m_mutex;         // of m_snapshot
    std::shared_ptr<const Snapshot> m_snapshot;
};

} // namespace inference
