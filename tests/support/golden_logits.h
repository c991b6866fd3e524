// Golden logits of another program, and a model run to compare with them.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "kernels/backend.h"

#include <QString>

#include <nlohmann/json.hpp>

#include <memory>
#include <span>
#include <vector>

namespace test {

// A golden file; see tests/golden/reference_forward.py for what is in it. One that cannot be read ends the
// program.
nlohmann::json readGolden(const QString &path);

// A model behind a backend. What cannot be loaded ends the program.
class RunnableModel
{
public:
    RunnableModel(const QString &path, std::uint32_t maxTokens, std::unique_ptr<kernels::Backend> backend);

    // Rows of the vocabulary's size, one a position; the tokens are read in chunks.
    std::vector<float> logits(std::span<const kernels::TokenId> tokens, std::size_t chunk);

private:
    std::unique_ptr<inference::GgufFile> m_file; // the plan points into it
    std::unique_ptr<kernels::Backend> m_backend;
};

// Largest |found - golden| / max |golden| over positions.
struct Agreement
{
    double largest = 0; // infinite where a logit is no number
    int argmaxDifferences = 0;
    int positions = 0;
};

// logits: rows of all positions from the first on; golden positions beyond them are not looked at.
Agreement compareWithGolden(const nlohmann::json &golden, std::span<const float> logits);

} // namespace test
