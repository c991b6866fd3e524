// What the files of filters share.
#pragma once

#include "inference/chat/jinja/builtins.h"

namespace inference::jinja {

Filter findListFilter(std::string_view name);

// Arguments of a kind; fail when they are of another.
std::int64_t wholeArgument(const Evaluation &evaluation, const Value &value, std::string_view callee);
double realArgument(const Interpreter &interpreter, const Value &value, std::string_view callee);

} // namespace inference::jinja
