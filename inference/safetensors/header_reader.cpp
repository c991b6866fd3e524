#include "inference/safetensors/header_reader.h"

#include "inference/gguf/wording.h"

#include <nlohmann/json.hpp>

namespace inference {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxTensors = 1'000'000;
constexpr std::size_t kMaxDimensions = 8;
constexpr std::size_t kMaxTensorNameBytes = 4096;

// Takes the header as the parser meets it: no tree is built, whatever is nested in it.
class HeaderHandler final : public nlohmann::json_sax<json>
{
public:
    std::vector<HeaderEntry> entries;
    std::string problem; // why parsing ended

    bool null() override { return value("null"); }
    bool boolean(bool) override { return value("true or false"); }
    bool number_integer(number_integer_t number) override
    {
        return number < 0 ? value("a negative number") : count(std::uint64_t(number));
    }
    bool number_unsigned(number_unsigned_t number) override { return count(number); }
    bool number_float(number_float_t, const string_t &) override { return value("a fraction"); }
    bool binary(binary_t &) override { return value("bytes"); }
    bool string(string_t &text) override
    {
        if (m_depth == 2 && !m_metadata && m_key == "dtype") {
            entries.back().type = text.substr(0, 64);
            m_seen |= kType;
            return true;
        }
        return value("a text");
    }
    bool start_object(std::size_t) override
    {
        ++m_depth;
        if (m_depth == 1)
            return true;
        if (m_depth > 2 || m_array)
            return m_metadata ? fail("__metadata__ is nested") : value("an object");
        m_seen = 0;
        return true;
    }
    bool end_object() override
    {
        if (m_depth == 2 && !m_metadata && m_seen != kAll)
            return fail("tensor " + printable(entries.back().name) + " lacks dtype, shape or data_offsets");
        m_metadata = m_metadata && m_depth > 2;
        --m_depth;
        return true;
    }
    bool key(string_t &name) override
    {
        if (m_depth == 1) {
            m_metadata = name == "__metadata__";
            if (m_metadata)
                return true;
            if (entries.size() == kMaxTensors || name.empty() || name.size() > kMaxTensorNameBytes)
                return fail(name.empty() ? "a tensor without a name"
                                         : "too many tensors, or a name that is too long");
            entries.emplace_back().name = std::move(name);
        }
        m_key = std::move(name);
        return true;
    }
    bool start_array(std::size_t) override
    {
        if (m_depth != 2 || m_metadata || m_array || (m_key != "shape" && m_key != "data_offsets"))
            return value("a list");
        m_array = true;
        m_numbers.clear();
        return true;
    }
    bool end_array() override
    {
        if (!m_array) // a list that was passed over
            return true;
        m_array = false;
        if (m_key == "shape") {
            entries.back().shape = m_numbers;
            m_seen |= kShape;
            return true;
        }
        if (m_numbers.size() != 2)
            return fail("data_offsets of tensor " + printable(entries.back().name) + " are not two numbers");
        entries.back().begin = m_numbers[0];
        entries.back().end = m_numbers[1];
        m_seen |= kOffsets;
        return true;
    }
    bool parse_error(std::size_t position, const std::string &, const nlohmann::detail::exception &) override
    {
        return fail("no JSON at byte " + grouped(position));
    }

private:
    enum : unsigned { kType = 1, kShape = 2, kOffsets = 4, kAll = 7 };

    bool fail(std::string why)
    {
        if (problem.empty())
            problem = std::move(why);
        return false;
    }
    bool count(std::uint64_t number)
    {
        if (!m_array)
            return value("a number");
        if (m_numbers.size() == kMaxDimensions)
            return fail("more than " + std::to_string(kMaxDimensions) + " dimensions");
        m_numbers.push_back(number);
        return true;
    }
    // Something where nothing of its kind belongs. Texts in __metadata__ and unknown keys of a tensor are
    // passed over.
    bool value(const char *kind)
    {
        const bool known = m_key == "dtype" || m_key == "shape" || m_key == "data_offsets";
        if (m_depth == 2 && !m_array && (m_metadata || !known))
            return true;
        return fail(inQuotes(m_key) + " holds " + kind);
    }

    std::string m_key;
    std::vector<std::uint64_t> m_numbers;
    int m_depth = 0;
    bool m_array = false, m_metadata = false;
    unsigned m_seen = 0;
};

} // namespace

Result<std::vector<HeaderEntry>> readSafetensorsHeader(std::string_view text, const std::string &where)
{
    HeaderHandler handler;
    if (!json::sax_parse(text.begin(), text.end(), &handler) || !handler.problem.empty())
        return Error(ErrorCode::Damaged, {.what = "The header is no list of tensors",
                                          .where = where,
                                          .found = handler.problem.empty() ? "no object" : handler.problem,
                                          .wayOut = "Download the file again."});
    return std::move(handler.entries);
}

} // namespace inference
