#include "inference/model_fingerprint.h"

#include <algorithm>
#include <variant>

namespace inference {

void addText(Sha256 &hash, std::string_view text)
{
    hash.addNumber(std::uint64_t(text.size())).add(text);
}

namespace {

constexpr std::size_t kSampleBytes = 64;
constexpr std::size_t kMostSamples = 16;   // of a tensor

void addMetadata(Sha256 &hash, const GgufFile &file)
{
    for (const auto &[key, value] : file.metadata()) {
        addText(hash, key);
        hash.addNumber(std::uint8_t(value.index()));
        if (const auto *text = std::get_if<std::string_view>(&value))
            addText(hash, *text);
        else if (const auto *list = std::get_if<GgufArray>(&value)) // vocabularies: no row depends on them
            hash.addNumber(std::uint32_t(list->elementType)).addNumber(list->count);
        else
            std::visit(
                [&](const auto &number) {
                    if constexpr (std::is_arithmetic_v<std::decay_t<decltype(number)>>)
                        hash.addNumber(number);
                },
                value);
    }
}

// Samples from the first byte to the last, evenly; small tensors whole.
void addSamples(Sha256 &hash, std::span<const std::byte> bytes, std::size_t samples)
{
    if (bytes.size() <= samples * kSampleBytes) {
        hash.add(bytes);
        return;
    }
    const std::size_t lastBegin = bytes.size() - kSampleBytes;
    for (std::size_t i = 0; i < samples; ++i)
        hash.add(bytes.subspan(samples > 1 ? lastBegin / (samples - 1) * i : lastBegin / 2, kSampleBytes));
}

} // namespace

void addModel(Sha256 &hash, const GgufFile &file, std::size_t samples)
{
    addMetadata(hash, file);
    const std::size_t tensors = std::max<std::size_t>(file.tensors().size(), 1);
    const std::size_t each = std::clamp<std::size_t>(samples / tensors, 1, kMostSamples);
    for (const GgufTensor &tensor : file.tensors()) {
        addText(hash, tensor.name);
        hash.addNumber(tensor.ggufType).addNumber(tensor.offset).addNumber(tensor.part);
        for (const std::uint64_t dimension : tensor.dimensions)
            hash.addNumber(dimension);
        addSamples(hash, file.bytes(tensor), each);
    }
}

std::string modelFingerprint(const GgufFile &file)
{
    Sha256 hash;
    hash.addNumber(file.fileBytes());
    addModel(hash, file, 1);
    return hexadecimal(hash.finish(), 8);
}

} // namespace inference
