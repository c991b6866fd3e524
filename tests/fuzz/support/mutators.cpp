#include "tests/fuzz/support/mutators.h"

#include <algorithm>
#include <cstring>

namespace fuzz {

using test::GgufField;
using Json = nlohmann::ordered_json;

namespace {

std::string headerOf(const std::string &file)
{
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), sizeof length);
    return file.substr(sizeof length, std::size_t(length));
}

std::string dataOf(const std::string &file)
{
    return file.substr(sizeof(std::uint64_t) + headerOf(file).size());
}

template <class Change> std::vector<std::string> each(const std::vector<std::string> &files, Change change)
{
    std::vector<std::string> changed;
    for (const std::string &file : files)
        changed.push_back(change(file));
    return changed;
}

const std::vector<std::string> kSafetensorsWords{
    "F64", "F32", "F16",  "BF16", "F8_E4M3", "F8_E5M2", "F8_E8M0",      "I64",
    "I32", "U8",  "BOOL", "F4",   "dtype",   "shape",   "__metadata__", "data_offsets"};
const std::vector<std::string> kTokenizerWords{
    "BPE",           "Unigram",       "WordPiece",  "ByteLevel", "Metaspace", "NFC",     "NFKC",
    "Sequence",      "Split",         "Isolated",   "Removed",   "unk_token", "vocab",   "merges",
    "model",         "byte_fallback", "normalizer", "a b c",     " a",        "a ",      "\xC4\xA0",
    "added_tokens",  "[PAD3]",        "(a+)+$",     "Regex",     "String",    "pattern", "dropout",
    "ignore_merges", "special",       "lstrip",     "id"};
const std::vector<std::string> kFolderWords{"model_type",
                                            "llama",
                                            "qwen2",
                                            "qwen3",
                                            "deepseek",
                                            "deepseek_v2",
                                            "deepseek_v3",
                                            "rope_scaling",
                                            "rope_theta",
                                            "linear",
                                            "yarn",
                                            "llama3",
                                            "dynamic",
                                            "rope_type",
                                            "type",
                                            "factor",
                                            "mscale",
                                            "mscale_all_dim",
                                            "low_freq_factor",
                                            "high_freq_factor",
                                            "sliding_window",
                                            "use_sliding_window",
                                            "layer_types",
                                            "full_attention",
                                            "num_nextn_predict_layers",
                                            "tie_word_embeddings",
                                            "quantization_config",
                                            "../model.safetensors",
                                            "/dev/zero",
                                            ".",
                                            "model.safetensors",
                                            "config.json",
                                            "weight_map",
                                            "noaux_tc",
                                            "greedy",
                                            "group_limited_greedy",
                                            "sigmoid",
                                            "softmax",
                                            "chat_template",
                                            "bos_token",
                                            "content",
                                            "eos_token_id"};

// The header's length, its padding, and what lies behind it.
std::string framed(Random &random, std::string header, std::string data)
{
    switch (below(random, 14)) {
    case 0:
        data.resize(below(random, data.size() + 1));
        break;
    case 1:
        data += std::string(1 + below(random, 40), 'z');
        break;
    case 2:
        header += std::string(below(random, 40), ' ');
        break;
    case 3:
        header = std::string(1 + below(random, 4), " \n\t\0"[below(random, 4)]) + header;
        break;
    default:
        break;
    }
    std::string file = test::safetensorsFile(header, data);
    if (below(random, 12) == 0) {
        const std::uint64_t length = edge(random, header.size(), 8);
        std::memcpy(file.data(), &length, sizeof length);
    } else if (below(random, 40) == 0) {
        file.resize(below(random, file.size()));
    }
    return file;
}

} // namespace

std::string GgufMutator::next()
{
    const GgufOriginal &from = m_originals[below(m_random, m_originals.size())];
    std::string bytes = from.bytes;
    for (std::size_t i = 1 + (below(m_random, 4) == 0 ? below(m_random, 3) : 0); i > 0; --i)
        mutate(bytes, from);
    return bytes;
}

void GgufMutator::mutate(std::string &bytes, const GgufOriginal &from)
{
    const std::size_t kind = below(m_random, 100);
    if (kind < 10)
        changeField(bytes, from,
                    {GgufField::Magic, GgufField::Version, GgufField::TensorCount, GgufField::KeyValueCount});
    else if (kind < 45)
        changeField(bytes, from,
                    {GgufField::StringLength, GgufField::StringBytes, GgufField::ValueType, GgufField::Scalar,
                     GgufField::ElementType, GgufField::ElementCount});
    else if (kind < 80)
        changeField(bytes, from,
                    {GgufField::DimensionCount, GgufField::Dimension, GgufField::TensorType,
                     GgufField::TensorOffset, GgufField::StringLength});
    else if (kind < 90)
        breakConsistency(bytes, from);
    else if (kind < 95)
        changeAlignment(bytes);
    else
        changeField(bytes, from, {GgufField::Data, GgufField::Padding});
}

void GgufMutator::changeField(std::string &bytes, const GgufOriginal &from, const Fields &fields)
{
    std::vector<const test::GgufFieldPlace *> places;
    for (const test::GgufFieldPlace &place : from.places)
        if (std::find(fields.begin(), fields.end(), place.field) != fields.end())
            places.push_back(&place);
    const test::GgufFieldPlace &place = *places[below(m_random, places.size())];
    if (place.offset + place.size > bytes.size())
        return;
    const std::size_t size = std::min<std::size_t>(place.size, 8);
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + place.offset, size);
    value = edge(m_random, value, size);
    std::memcpy(bytes.data() + place.offset, &value, size);
}

// What no single field shows: bytes that come, go or change places, and a second copy of a field.
void GgufMutator::breakConsistency(std::string &bytes, const GgufOriginal &from)
{
    switch (below(m_random, 5)) {
    case 0:
        bytes.resize(below(m_random, bytes.size() + 1));
        break;
    case 1:
        bytes.insert(below(m_random, bytes.size() + 1),
                     std::string(1 + below(m_random, 64), static_cast<char>(m_random())));
        break;
    case 2: {
        const std::size_t at = below(m_random, bytes.size() + 1);
        bytes.erase(at, 1 + below(m_random, 64));
        break;
    }
    case 3:
        bytes += std::string(below(m_random, 300), '\x55');
        break;
    default: {
        const test::GgufFieldPlace &a = from.places[below(m_random, from.places.size())],
                                   &b = from.places[below(m_random, from.places.size())];
        const std::size_t size = std::min(a.size, b.size);
        if (std::max(a.offset, b.offset) + size <= bytes.size())
            std::memmove(bytes.data() + a.offset, bytes.data() + b.offset, size);
    }
    }
}

void GgufMutator::changeAlignment(std::string &bytes)
{
    const std::size_t key = bytes.find("general.alignment");
    const std::size_t value = key + 17 + 4;
    if (key == std::string::npos || value + 4 > bytes.size())
        return;
    const std::uint32_t alignment =
        below(m_random, 2) ? 1u << below(m_random, 32) : static_cast<std::uint32_t>(edge(m_random, 32, 4));
    std::memcpy(bytes.data() + value, &alignment, sizeof alignment);
    if (below(m_random, 3) == 0)
        bytes[value - 4] = static_cast<char>(below(m_random, 14));
}

SafetensorsMutator::SafetensorsMutator(std::uint64_t seed)
    : m_random(seed), m_headers(each(safetensorsOriginals(), headerOf)),
      m_data(each(safetensorsOriginals(), dataOf)), m_json(m_headers, kSafetensorsWords)
{}

std::string SafetensorsMutator::next()
{
    const std::size_t original = below(m_random, m_headers.size());
    std::string header = below(m_random, 2) ? changedEntries(original) : m_json.mutant(m_random, original);
    return framed(m_random, std::move(header), m_data[original]);
}

// Entries that are well formed and lie about each other.
std::string SafetensorsMutator::changedEntries(std::size_t original)
{
    Json header = Json::parse(m_headers[original]);
    std::vector<std::string> names;
    for (const auto &[name, entry] : header.items())
        if (name != "__metadata__")
            names.push_back(name);
    const auto any = [&]() -> Json & { return header[names[below(m_random, names.size())]]; };
    Json &entry = any(), &other = any();
    const auto pick = [&](Json &list) -> Json * {
        return list.empty() ? nullptr : &list[below(m_random, list.size())];
    };
    switch (below(m_random, 7)) {
    case 0:
        if (Json *offset = pick(entry["data_offsets"]))
            *offset = edge(m_random, offset->get<std::uint64_t>(), 8);
        break;
    case 1:
        if (Json *dimension = pick(entry["shape"]))
            *dimension = edge(m_random, dimension->get<std::uint64_t>(), 8);
        break;
    case 2:
        std::swap(entry["data_offsets"], other["data_offsets"]);
        break;
    case 3:
        entry["data_offsets"] = other["data_offsets"]; // overlap
        break;
    case 4:
        entry["dtype"] = kSafetensorsWords[below(m_random, 12)];
        break;
    case 5: { // both moved, as if something lay before them
        const std::uint64_t by = edge(m_random, 8, 8);
        for (Json &offset : entry["data_offsets"])
            offset = offset.get<std::uint64_t>() + by;
        break;
    }
    default: // the same bytes in another shape, with dimensions that multiply to it, or overflow
        for (std::size_t i = below(m_random, 7); i > 0; --i)
            entry["shape"].push_back(below(m_random, 3) ? 1 : edge(m_random, 1, 8));
    }
    return header.dump();
}

TokenizerMutator::TokenizerMutator(std::uint64_t seed)
    : m_random(seed), m_json(tokenizerOriginals(), kTokenizerWords)
{}

FolderMutator::FolderMutator(const FolderProbe::Files &files, std::uint64_t seed, std::string only)
    : m_random(seed)
{
    for (const auto &[name, bytes] : files) {
        if (!only.empty() && name != only)
            continue;
        if (name == "config.json")
            m_config = m_files.size();
        const bool isWeights = name.ends_with(".safetensors");
        const std::string header = isWeights ? headerOf(bytes) : bytes;
        m_files.push_back(
            {name, header, isWeights ? dataOf(bytes) : std::string(), JsonMutator({header}, kFolderWords)});
    }
}

std::pair<std::string, std::string> FolderMutator::next()
{
    return mutantOf(m_files[below(m_random, 2) ? m_config : below(m_random, m_files.size())]);
}

std::pair<std::string, std::string> FolderMutator::mutantOf(const File &file)
{
    std::string text = file.json.mutant(m_random);
    if (file.name.ends_with(".safetensors"))
        text = framed(m_random, std::move(text), file.data);
    return {file.name, std::move(text)};
}

} // namespace fuzz
