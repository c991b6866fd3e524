// JSON in and out: what messages and tools become as values, and the filter tojson.
#pragma once

#include "inference/chat/jinja/value.h"

#include <nlohmann/json_fwd.hpp>

namespace inference::jinja {

// All text, keys and scalars are foreign. Integers beyond 64 bits with a sign become floats.
Value fromJson(Evaluation &evaluation, const nlohmann::ordered_json &json);
// The list of messages: known roles are the program's own.
Value fromMessages(Evaluation &evaluation, const nlohmann::ordered_json &messages);

struct JsonStyle
{
    bool indents = false;
    Text indent; // of one level, when it indents
    Text itemSeparator, keySeparator;
    bool sortsKeys = false;
    bool asciiOnly = false;
};

// Python's json.dumps(). Fails for values that JSON does not have.
Text toJson(Evaluation &evaluation, const Value &value, const JsonStyle &style);

} // namespace inference::jinja
