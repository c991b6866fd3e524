#include "tests/support/gguf_sample.h"

#include <cstdint>
#include <limits>

namespace test {

namespace {

template <class T> void setScalarAndArray(GgufWriter &writer, const std::string &name)
{
    writer.set("type." + name, std::numeric_limits<T>::max());
    writer.setArray("array." + name,
                    std::vector<T>{std::numeric_limits<T>::lowest(), T(1), std::numeric_limits<T>::max()});
}

// Bytes that differ from place to place, so that a wrong offset shows.
std::string pattern(std::size_t size, unsigned seed)
{
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>((i * 31 + seed * 101) & 0xff);
    return bytes;
}

} // namespace

GgufWriter sampleGguf(std::uint64_t dataScale, std::uint32_t version)
{
    GgufWriter writer(version);
    writer.set("general.architecture", "llama");
    writer.setAlignment(64);
    setScalarAndArray<std::uint8_t>(writer, "u8");
    setScalarAndArray<std::int8_t>(writer, "i8");
    setScalarAndArray<std::uint16_t>(writer, "u16");
    setScalarAndArray<std::int16_t>(writer, "i16");
    setScalarAndArray<std::uint32_t>(writer, "u32");
    setScalarAndArray<std::int32_t>(writer, "i32");
    setScalarAndArray<std::uint64_t>(writer, "u64");
    setScalarAndArray<std::int64_t>(writer, "i64");
    setScalarAndArray<float>(writer, "f32");
    setScalarAndArray<double>(writer, "f64");
    writer.set("type.bool", true);
    writer.setArray("array.bool", std::vector<bool>{true, false, true});
    writer.set("type.string", "text \xe9\xb2\xb8");
    writer.set("type.empty_string", "");
    writer.setArray("array.string", std::vector<std::string>{"", "a", "whale", "\xe9\xb2\xb8"});
    writer.setArray("array.empty", std::vector<float>{});
    std::vector<std::string> tokens;
    for (int i = 0; i < 100; ++i)
        tokens.push_back("<token " + std::to_string(i) + ">");
    writer.setArray("tokenizer.ggml.tokens", tokens);

    unsigned seed = 0;
    for (const kernels::ElementTypeTraits &traits : kernels::elementTypes()) {
        const std::uint64_t columns = 256 * dataScale, rows = 2 + seed % 2;
        writer.addTensor("blk." + std::to_string(seed) + ".attn_q.weight", traits.type, {columns, rows},
                         pattern(columns / traits.blockLength * traits.blockBytes * rows, seed));
        ++seed;
    }
    writer.addTensor("blk.0.ffn_up.weight", 16, {256, 2, 1, 3},
                     pattern(std::size_t(66) * 6, seed)); // IQ2_XXS
    writer.addTensor("output_norm.weight", kernels::ElementType::F32, {5}, pattern(20, seed + 1));
    return writer;
}

} // namespace test
