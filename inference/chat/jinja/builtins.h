// The filters, tests, functions and methods that templates can call.
#pragma once

#include "inference/chat/jinja/interpreter.h"

#include <string_view>

namespace inference::jinja {

using Filter = Value (*)(Interpreter &, const Value &input, Arguments &);
using Test = bool (*)(Interpreter &, const Value &input, Arguments &);

// nullptr when there is none of that name.
Filter findFilter(std::string_view name);
Test findTest(std::string_view name);
// Functions that every template sees: range, namespace, dict, joiner, raise_exception, strftime_now.
// Undefined when there is none.
Value findFunction(std::string_view name);
// A method of a text, dict, list or loop, bound to it. Undefined when there is none.
Value findMethod(Interpreter &interpreter, const Value &object, std::string_view name);

// Those that filters and methods share.
Value percentFormat(Interpreter &interpreter, const Text &format,
                    const Value &arguments);                                           // 'a%sb' % arguments
Value braceFormat(Interpreter &interpreter, const Text &format, Arguments &arguments); // 'a{}b'.format(...)
// value.a.b or value.0 as the filters' attribute= has it; a missing one is undefined.
Value attributePath(Interpreter &interpreter, const Value &value, const Value &path);
std::string formattedTime(Evaluation &evaluation, const DateTime &time, std::string_view format);

} // namespace inference::jinja
