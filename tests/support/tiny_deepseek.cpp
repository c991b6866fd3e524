#include "tests/support/tiny_deepseek.h"

#include "kernels/half.h"
#include "tests/support/block_quantiser.h"
#include "tests/support/gguf_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace test {

using nlohmann::json;

namespace {

const std::string kFolder = std::string(BALEEN_GOLDEN_DIR) + "/deepseek/";

[[noreturn]] void fail(const std::string &message)
{
    std::fprintf(stderr, "tiny_deepseek: %s\n", message.c_str());
    std::abort();
}

json readJson(const std::string &path)
{
    std::ifstream file(path);
    if (!file)
        fail("cannot read " + path);
    json value = json::parse(file, nullptr, false);
    if (value.is_discarded())
        fail("not JSON: " + path);
    return value;
}

// Random access into the numbers that belong to a name: splitmix64, its state moved on by n.
class Stream
{
public:
    Stream(std::uint64_t seed, std::string_view name) : m_state(seed * kStep)
    {
        for (const char c : name)
            m_state = (m_state ^ std::uint64_t(static_cast<unsigned char>(c))) * 0x100000001b3;
    }
    // In [-1, 1), a multiple of 2^-15.
    float at(std::uint64_t n) const { return float(integerAt(n)) * 0x1p-15f; }
    // 16 bits with a sign.
    std::int64_t integerAt(std::uint64_t n) const
    {
        std::uint64_t z = m_state + (n + 1) * kStep;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        z ^= z >> 31;
        return std::int64_t(z) >> 48;
    }

private:
    static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;
    std::uint64_t m_state;
};

// The nearest e4m3, ties to even; |x| <= 448.
double nearestE4m3(double x)
{
    int exponent = 0;
    std::frexp(x, &exponent);
    const double step = std::ldexp(1.0, std::max(exponent - 1, -6) - 3);
    return std::copysign(std::nearbyint(std::fabs(x) / step) * step, x);
}

std::uint8_t e4m3Bits(double value)
{
    const std::uint8_t sign = std::signbit(value) ? 0x80 : 0;
    const double size = std::fabs(value);
    if (size < 0x1p-6)
        return std::uint8_t(sign | std::uint8_t(size * 512));
    int exponent = 0;
    const double mantissa = std::frexp(size, &exponent); // in [0.5, 1)
    return std::uint8_t(sign | (exponent + 6) << 3 | int(mantissa * 16 - 8));
}

std::vector<float> tensorValues(const json &tensor, std::uint64_t seed);

test::Fp8Matrix fp8Matrix(const json &tensor, std::uint64_t seed)
{
    const std::string name = tensor.at("name");
    const auto ne = tensor.at("ne").get<std::vector<std::uint64_t>>();
    const float scale = tensor.at("scale");
    const std::uint64_t rowBlocks = (ne.at(1) + 127) / 128, columnBlocks = (ne.at(0) + 127) / 128;
    test::Fp8Matrix matrix;
    const Stream stream(seed, name);
    for (std::uint64_t n = 0; n < ne[0] * ne[1]; ++n)
        matrix.bytes.push_back(e4m3Bits(nearestE4m3(double(stream.at(n)) * 448)));
    matrix.scales = tensorValues({{"name", name + "_scale_inv"},
                                  {"ne", {columnBlocks, rowBlocks}},
                                  {"scale", scale / 2},
                                  {"offset", scale}},
                                 seed);
    matrix.scaleShape = {rowBlocks, columnBlocks};
    return matrix;
}

std::vector<float> fp8Values(const json &tensor, std::uint64_t seed)
{
    const test::Fp8Matrix matrix = fp8Matrix(tensor, seed);
    const std::uint64_t columns = tensor.at("ne")[0];
    std::vector<float> values;
    values.reserve(matrix.bytes.size());
    for (std::uint64_t n = 0; n < matrix.bytes.size(); ++n)
        values.push_back(kernels::e4m3ToFloat(matrix.bytes[n]) *
                         matrix.scales[n / columns / 128 * matrix.scaleShape[1] + n % columns / 128]);
    return values;
}

// Blocks of a quantised type: random bytes, but for the fields in half precision.
std::string blockBytes(const json &tensor, const kernels::ElementTypeTraits &type, std::uint64_t seed)
{
    std::uint64_t weights = 1;
    for (const json &extent : tensor.at("ne"))
        weights *= extent.get<std::uint64_t>();
    const Stream stream(seed, tensor.at("name").get<std::string>());
    std::string bytes(weights / type.blockLength * type.blockBytes, '\0');
    for (std::uint64_t n = 0; n < bytes.size(); ++n)
        bytes[n] = char(stream.integerAt(n) >> 8);
    for (std::uint64_t block = 0; block < bytes.size() / type.blockBytes; ++block)
        for (const json &half : tensor.at("halves")) {
            const double value = half.at(1).get<double>() * double(1 + block % 3) / 2;
            const std::uint16_t bits = kernels::floatToHalf(float(value));
            std::memcpy(&bytes[block * type.blockBytes + half.at(0).get<std::uint64_t>()], &bits, 2);
        }
    return bytes;
}

const kernels::ElementTypeTraits &typeNamed(const std::string &name)
{
    for (const kernels::ElementTypeTraits &traits : kernels::elementTypes())
        if (traits.name == name)
            return traits;
    fail("type " + name);
}

std::vector<float> tensorValues(const json &tensor, std::uint64_t seed)
{
    if (tensor.value("fp8", false))
        return fp8Values(tensor, seed);
    if (tensor.contains("values"))
        return tensor["values"].get<std::vector<float>>();
    const std::string name = tensor.at("name");
    const Stream stream(seed, tensor.value("stream", name));
    const float scale = tensor.at("scale"), offset = tensor.at("offset");

    auto shape = tensor.contains("shape") ? tensor["shape"].get<std::vector<std::uint64_t>>()
                                          : tensor.at("ne").get<std::vector<std::uint64_t>>();
    std::vector<std::uint64_t> strides;
    if (tensor.contains("strides")) {
        strides = tensor["strides"].get<std::vector<std::uint64_t>>();
    } else {
        std::uint64_t stride = 1;
        for (const std::uint64_t extent : shape) {
            strides.push_back(stride);
            stride *= extent;
        }
    }
    if (shape.empty() || shape.size() > 3 || strides.size() != shape.size())
        fail("shape of " + name);
    shape.resize(3, 1);
    strides.resize(3, 0);

    const std::uint64_t start = tensor.value("start", std::uint64_t(0));
    const int cut = 16 - tensor.value("bits", 16);
    std::vector<float> values;
    values.reserve(shape[0] * shape[1] * shape[2]);
    for (std::uint64_t k = 0; k < shape[2]; ++k)
        for (std::uint64_t j = 0; j < shape[1]; ++j)
            for (std::uint64_t i = 0; i < shape[0]; ++i)
                // Exact product, one rounding: the same with and without fused multiply-add.
                values.push_back(offset + float(stream.integerAt(start + i * strides[0] + j * strides[1] +
                                                                 k * strides[2]) >>
                                                cut << cut) *
                                              0x1p-15f * scale);
    return values;
}

void writeKey(GgufWriter &writer, const std::string &key, const std::string &type, const json &value)
{
    if (type == "u32")
        writer.set(key, value.get<std::uint32_t>());
    else if (type == "f32")
        writer.set(key, value.get<float>());
    else if (type == "bool")
        writer.set(key, value.get<bool>());
    else if (type == "string")
        writer.set(key, value.get<std::string>());
    else if (type == "strings")
        writer.setArray(key, value.get<std::vector<std::string>>());
    else if (type == "i32s")
        writer.setArray(key, value.get<std::vector<std::int32_t>>());
    else
        fail("type " + type + " of " + key);
}

} // namespace

TinyDeepseek::TinyDeepseek(std::string_view name)
    : m_description(readJson(kFolder + std::string(name) + ".json"))
{}

std::vector<std::string> TinyDeepseek::names()
{
    std::vector<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(kFolder)) {
        const std::string name = entry.path().stem().string();
        constexpr std::string_view kGolden = "_logits";
        if (entry.path().extension() == ".json" && name != "vocabulary" &&
            (name.size() < kGolden.size() ||
             name.compare(name.size() - kGolden.size(), kGolden.size(), kGolden) != 0))
            names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string TinyDeepseek::goldenPath() const
{
    return kFolder + m_description.at("logits").get<std::string>();
}

void TinyDeepseek::set(std::string_view key, json value)
{
    for (json &entry : m_description["metadata"]) {
        if (entry[0] == key) {
            entry[2] = std::move(value);
            return;
        }
    }
    fail("no key " + std::string(key));
}

void TinyDeepseek::remove(std::string_view name)
{
    json &metadata = m_description["metadata"], &tensors = m_description["tensors"];
    for (std::size_t i = 0; i < metadata.size(); ++i)
        if (metadata[i][0] == name)
            return metadata.erase(i);
    for (std::size_t i = 0; i < tensors.size(); ++i)
        if (tensors[i]["name"] == name)
            return tensors.erase(i);
    fail("nothing to remove under " + std::string(name));
}

void TinyDeepseek::add(std::string_view key, std::uint32_t value)
{
    m_description["metadata"].push_back({key, "u32", value});
}

void TinyDeepseek::addTensor(std::string_view name, std::vector<std::uint64_t> dimensions)
{
    m_description["tensors"].push_back(
        {{"name", name}, {"ne", std::move(dimensions)}, {"scale", 0.125}, {"offset", 0.0}});
}

std::map<std::string, Fp8Matrix> TinyDeepseek::fp8Matrices() const
{
    std::map<std::string, Fp8Matrix> matrices;
    for (const json &tensor : m_description.at("tensors"))
        if (tensor.value("fp8", false))
            matrices[tensor.at("name")] = fp8Matrix(tensor, m_description.at("seed"));
    return matrices;
}

std::string TinyDeepseek::toGguf(kernels::ElementType numbers) const
{
    const json vocabulary = readJson(kFolder + "vocabulary.json");
    GgufWriter writer;
    for (const json &entry : m_description.at("metadata")) {
        const json *value = &entry.at(2);
        if (value->is_string() && value->get_ref<const std::string &>().starts_with('@'))
            value = &vocabulary.at(value->get_ref<const std::string &>().substr(1));
        writeKey(writer, entry.at(0), entry.at(1), *value);
    }
    const std::uint64_t seed = m_description.at("seed");
    for (const json &tensor : m_description.at("tensors")) {
        const std::string name = tensor.at("name");
        const auto ne = tensor.at("ne").get<std::vector<std::uint64_t>>();
        if (tensor.contains("type")) {
            const kernels::ElementTypeTraits &type = typeNamed(tensor["type"]);
            writer.addTensor(name, type.type, ne, blockBytes(tensor, type, seed));
            continue;
        }
        const std::vector<float> values = tensorValues(tensor, seed);
        if (numbers == kernels::ElementType::F32 || ne.size() == 1 || !tensor.contains("bits"))
            writer.addTensor(name, ne, values);
        else
            writer.addTensor(name, numbers, ne, quantiseRows(numbers, std::uint32_t(ne[0]), values));
    }
    return writer.finish();
}

} // namespace test
