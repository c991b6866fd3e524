#include "inference/kv_root.h"

#include "inference/model_fingerprint.h"

namespace inference {

namespace {

constexpr std::size_t kSamples = 16384; // a megabyte, whatever the model has of tensors

} // namespace

KvKey kvRoot(const GgufFile &file, const kernels::Backend &backend)
{
    Sha256 hash;
    addText(hash, "Baleen " BALEEN_VERSION);
    addText(hash, backend.kvFormat());
    hash.addNumber(kernels::kKvNumerics).addNumber(kernels::kKvPageTokens);
    hash.addNumber(std::uint64_t(backend.kvPageBytes())).addNumber(file.fileBytes());
    hash.addNumber(file.changedAt());
    addModel(hash, file, kSamples);
    return hash.finish();
}

} // namespace inference
