#include "inference/model/rope_config.h"

#include "inference/gguf/gguf_types.h"
#include "inference/gguf/wording.h"
#include "inference/model/plan_builder.h"
#include "kernels/dequantize.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace inference {

using kernels::ModelShape;
using Kind = ProblemList::Kind;

namespace {

constexpr std::uint32_t kMaxOriginalContext = 1u << 24;

// Divisors of the frequencies, all 1 where the file has none.
std::vector<float> readDivisors(const GgufFile &file, std::uint32_t pairs, ProblemList &problems)
{
    std::vector<float> divisors(pairs, 1.0f);
    const GgufTensor *tensor = file.findTensor(kRopeDivisorsTensor);
    if (!tensor)
        return divisors;
    const std::string name = "tensor " + std::string(kRopeDivisorsTensor);
    if (tensor->ggufType != std::uint32_t(kernels::ElementType::F32) || tensor->dimensions[0] != pairs ||
        file.bytes(*tensor).size() != pairs * sizeof(float)) {
        const std::uint64_t wanted = pairs;
        problems.add(Kind::Damaged,
                     name + " must be F32 " + dimensionText({&wanted, 1}) + ", found " +
                         ggufTypeText(tensor->ggufType) + " " +
                         dimensionText(std::span(tensor->dimensions).first(tensor->dimensionCount)));
        return divisors;
    }
    kernels::dequantizeRow(kernels::ElementType::F32, file.bytes(*tensor).data(), pairs, divisors.data());
    for (std::size_t i = 0; i < divisors.size(); ++i) {
        if (!std::isfinite(divisors[i]) || divisors[i] <= 0) {
            problems.add(Kind::Damaged, name + " must hold finite numbers above 0, found " +
                                            std::to_string(divisors[i]) + " at " + std::to_string(i));
            break;
        }
    }
    return divisors;
}

struct Yarn
{
    double factor = 1;
    double original = 0; // context length before the scaling
    double betaFast = 32, betaSlow = 1;
};

Yarn readYarn(KeyReader &keys, std::uint32_t contextLength, ProblemList &problems)
{
    Yarn yarn;
    yarn.factor = keys.positive("rope.scaling.factor");
    yarn.original = keys.countOr("rope.scaling.original_context_length", kMaxOriginalContext, contextLength);
    yarn.betaFast = keys.positive("rope.scaling.yarn_beta_fast", 32.0f);
    yarn.betaSlow = keys.positive("rope.scaling.yarn_beta_slow", 1.0f);
    if (keys.has("rope.scaling.yarn_ext_factor") && keys.positive("rope.scaling.yarn_ext_factor") != 1)
        problems.add(Kind::Unsupported,
                     keys.key("rope.scaling.yarn_ext_factor") + " other than 1 is not supported");
    return yarn;
}

// Frequencies that turn often within the original context stay, those that turn less than once are divided by
// the factor, and between them a ramp leads from one to the other.
void applyYarn(const Yarn &yarn, double base, std::vector<double> &frequencies)
{
    const double dims = 2.0 * double(frequencies.size());
    const auto dimOf = [&](double rotations) {
        return dims * std::log(yarn.original / (2 * std::numbers::pi * rotations)) / (2 * std::log(base));
    };
    const double low = std::clamp(std::floor(dimOf(yarn.betaFast)), 0.0, dims - 1);
    double high = std::clamp(std::ceil(dimOf(yarn.betaSlow)), 0.0, dims - 1);
    if (high <= low)
        high = low + 0.001;
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
        const double ramp = std::clamp((double(i) - low) / (high - low), 0.0, 1.0);
        frequencies[i] = frequencies[i] * (1 - ramp) + frequencies[i] / yarn.factor * ramp;
    }
}

// What YaRN does to the size of the scores. DeepSeek's models (those that state a multiplier) leave cosines
// and sines as they are and multiply the scores with mscale squared; all others raise the amplitude.
void scaleScores(KeyReader &keys, double factor, ModelShape &shape)
{
    const double logFactor = std::log(std::max(factor, 1.0)); // nothing to make up for below 1
    double given = 1;                                         // ggml multiplies both
    for (const char *suffix : {"rope.scaling.attn_factor", "rope.scaling.yarn_attn_factor"})
        given *= double(keys.positive(suffix, 1.0f));
    if (shape.hasMla() && keys.has("rope.scaling.yarn_log_multiplier")) {
        const double mscale =
            given * (1 + double(keys.positive("rope.scaling.yarn_log_multiplier")) * logFactor);
        shape.attentionScaleFactor = float(mscale * mscale);
    } else {
        shape.ropeAmplitude = float(given * (1 + 0.1 * logFactor));
    }
}

enum class Scaling { None, Linear, Yarn };

Scaling readScaling(KeyReader &keys, ProblemList &problems)
{
    if (!keys.has("rope.scaling.type")) // files of 2023 have the factor alone
        return keys.has("rope.scale_linear") ? Scaling::Linear : Scaling::None;
    const std::string_view type = keys.text("rope.scaling.type", "none");
    if (type == "linear")
        return Scaling::Linear;
    if (type == "yarn")
        return Scaling::Yarn;
    if (type != "none" && !type.empty())
        problems.add(Kind::Unsupported,
                     "RoPE scaling " + inQuotes(type) + " is not supported, expected none, linear or yarn");
    return Scaling::None;
}

} // namespace

void readRope(const GgufFile &file, KeyReader &keys, const RopeReading &reading, ModelShape &shape,
              ProblemList &problems)
{
    const double base = keys.positive("rope.freq_base", 10000.0f);
    const Scaling scaling = readScaling(keys, problems);
    const std::uint32_t pairs = shape.rotatedDim() / 2;
    std::vector<double> frequencies(pairs);
    for (std::uint32_t i = 0; i < pairs; ++i)
        frequencies[i] = std::pow(base, -2.0 * i / (2.0 * pairs));

    if (scaling == Scaling::Linear) {
        const double factor = keys.has("rope.scaling.type") ? keys.positive("rope.scaling.factor")
                                                            : keys.positive("rope.scale_linear");
        for (double &frequency : frequencies)
            frequency /= factor;
    } else if (scaling == Scaling::Yarn) {
        const Yarn yarn = readYarn(keys, reading.contextLength, problems);
        if (base <= 1)
            problems.add(Kind::Damaged, keys.key("rope.freq_base") + " must be above 1 for YaRN, found " +
                                            std::to_string(base));
        else if (pairs > 0 && yarn.original > 0) // else a problem is in the list
            applyYarn(yarn, base, frequencies);
        scaleScores(keys, yarn.factor, shape);
    }
    if (scaling != Scaling::Yarn && keys.has("rope.scaling.attn_factor") &&
        keys.positive("rope.scaling.attn_factor") != 1)
        problems.add(Kind::Unsupported,
                     keys.key("rope.scaling.attn_factor") + " other than 1 is supported with YaRN only");

    const std::vector<float> divisors =
        reading.divisors ? readDivisors(file, pairs, problems) : std::vector<float>(pairs, 1.0f);
    for (std::uint32_t i = 0; i < pairs; ++i)
        shape.ropeInverseFrequencies.push_back(float(frequencies[i] / double(divisors[i])));
}

} // namespace inference
