#include "inference/gguf/gguf_values.h"

#include "inference/gguf/gguf_types.h"
#include "inference/gguf/wording.h"

#include <limits>

namespace inference {

namespace {

std::string typeOf(const GgufValue &value)
{
    struct Name
    {
        std::string operator()(bool b) const { return b ? "true" : "false"; }
        std::string operator()(std::uint64_t n) const { return "the integer " + grouped(n); }
        std::string operator()(std::int64_t n) const { return "the integer " + std::to_string(n); }
        std::string operator()(double x) const { return "the number " + std::to_string(x); }
        std::string operator()(std::string_view s) const { return "the string " + inQuotes(s, 40); }
        std::string operator()(const GgufArray &a) const
        {
            return "an array of type " + std::string(valueTypeName(a.elementType));
        }
    };
    return std::visit(Name(), value);
}

} // namespace

std::string keyText(std::string_view key, std::string_view fileName)
{
    return "metadata " + printable(key) + " of " + std::string(fileName);
}

Error wrongTypeError(std::string_view key, std::string_view fileName, std::string_view expected,
                     const GgufValue &found)
{
    return {ErrorCode::Damaged,
            {.what = "A metadata value has the wrong type",
             .where = keyText(key, fileName),
             .expected = expected,
             .found = typeOf(found),
             .wayOut = "Get another conversion of the model."}};
}

Error missingKeyError(std::string_view key, std::string_view fileName)
{
    return {ErrorCode::Damaged,
            {.what = "A metadata key is missing",
             .where = keyText(key, fileName),
             .wayOut = "Get another conversion of the model."}};
}

Result<std::optional<std::uint32_t>> optionalU32(const GgufPart &part, std::string_view key,
                                                 std::string_view fileName)
{
    const GgufValue *value = part.find(key);
    if (!value)
        return std::optional<std::uint32_t>();
    const auto *positive = std::get_if<std::uint64_t>(value);
    const auto *either = std::get_if<std::int64_t>(value);
    if (!positive && !either)
        return wrongTypeError(key, fileName, "an integer", *value);
    if (either ? *either < 0 || *either > std::numeric_limits<std::uint32_t>::max()
               : *positive > std::numeric_limits<std::uint32_t>::max())
        return Error(ErrorCode::Damaged, {.what = "A metadata value is out of range",
                                          .where = keyText(key, fileName),
                                          .expected = "0 to 4,294,967,295",
                                          .found = either ? std::to_string(*either) : grouped(*positive),
                                          .wayOut = "Get another conversion of the model."});
    return std::optional(
        static_cast<std::uint32_t>(either ? static_cast<std::uint64_t>(*either) : *positive));
}

} // namespace inference
