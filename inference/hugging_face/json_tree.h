// Foreign JSON as a tree, read within limits: bytes, depth, number of values.
#pragma once

#include "inference/result.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

inline constexpr std::size_t kMaxJsonBytes = 64u << 20;
inline constexpr std::size_t kMaxJsonDepth = 64;
inline constexpr std::size_t kMaxJsonValues = 1'000'000;

// Builds the tree as the parser goes. A handler that keeps parts of a file elsewhere overrides the calls it
// wants for itself. A name that an object has twice ends the parsing.
class JsonTree : public nlohmann::json_sax<nlohmann::json>
{
public:
    nlohmann::json root;
    std::string problem;      // why parsing ended; empty when it did not
    bool unsupported = false; // the problem is no damage but something that is not known here

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t value, const string_t &) override { return put(value); }
    bool string(string_t &value) override { return put(std::move(value)); }
    bool binary(binary_t &) override { return fail("bytes"); }
    bool start_object(std::size_t) override { return open(nlohmann::json::object()); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(nlohmann::json::array()); }
    bool end_array() override { return close(); }
    bool key(string_t &name) override;
    bool parse_error(std::size_t position, const std::string &token,
                     const nlohmann::detail::exception &error) override;

protected:
    bool fail(std::string why);
    std::size_t depth() const { return m_open.size(); }
    const nlohmann::json *innermost() const { return m_open.empty() ? nullptr : m_open.back(); }
    const std::string &currentKey() const
    {
        return m_key;
    } // of the innermost open object, or of what it holds

private:
    bool put(nlohmann::json value);
    bool open(nlohmann::json container);
    bool close();

    std::vector<nlohmann::json *> m_open;
    std::string m_key;
    std::size_t m_values = 0;
};

// Whether there is something under the name, even a link to nothing or in a circle: opening it says what is
// wrong.
bool isThere(const std::filesystem::path &path);

// Reads a file through `tree`. Fails with Io or Unsupported (no regular file, too large), Incomplete (empty),
// Damaged with the byte, or Unsupported when the tree says so.
Result<void> readJsonFile(const std::filesystem::path &path, JsonTree &tree);
// The object in a file; one without members where there is no such file. Fails when it is no object, too.
Result<nlohmann::json> readOptionalJsonObject(const std::filesystem::path &path);
// The bytes of a file; nothing where there is none. Fails like readJsonFile().
Result<std::optional<std::string>> readOptionalText(const std::filesystem::path &path, std::size_t maxBytes);

} // namespace inference
