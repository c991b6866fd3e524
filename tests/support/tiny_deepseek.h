// Tiny models of DeepSeek's architectures as GGUF files, the ones that the oracle of tests/golden/deepseek/
// was run on: same bytes as make_tiny_models.py writes, which says in its head what a description holds.
//
//     test::TinyDeepseek model("deepseek2_v3");
//     folder.write("tiny.gguf", QByteArray::fromStdString(model.toGguf()));
//     readGolden(model.goldenPath());
//
// A file that is missing or says something unknown ends the program: the descriptions are our own.
#pragma once

#include "kernels/element_type.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace test {

// One matrix as a folder with FP8 weights has it.
struct Fp8Matrix
{
    std::vector<std::uint8_t> bytes; // (rows, columns)
    std::vector<float> scales;       // (row blocks, column blocks)
    std::vector<std::uint64_t> scaleShape;
};

class TinyDeepseek
{
public:
    // The name of a description: tests/golden/deepseek/NAME.json.
    explicit TinyDeepseek(std::string_view name);
    // Every description there is, sorted.
    static std::vector<std::string> names();

    // SHA-256 in hexadecimal of the file as Python wrote it.
    std::string sha256() const { return m_description.at("sha256"); }
    // The oracle's logits, in the form of tests/golden/reference_forward.py.
    std::string goldenPath() const;

    // For tests that need a model with one thing wrong. A key is written whole ("deepseek2.expert_count") and
    // must be there; its type stays.
    void set(std::string_view key, nlohmann::json value);
    void remove(std::string_view name); // a key or a tensor
    void add(std::string_view key, std::uint32_t value);
    void addTensor(std::string_view name, std::vector<std::uint64_t> dimensions);

    // Numbers of limited precision are written in `numbers`, F32, F16 or BF16, where a matrix says so.
    std::string toGguf(kernels::ElementType numbers = kernels::ElementType::F32) const;
    // The matrices that the file has multiplied out, under their names in it; empty for most models.
    std::map<std::string, Fp8Matrix> fp8Matrices() const;

private:
    nlohmann::json m_description;
};

} // namespace test
