// Template source to tokens, white space control included.
#pragma once

#include "inference/chat/jinja/evaluation.h"

#include <string>
#include <string_view>
#include <vector>

namespace inference::jinja {

struct Token
{
    enum class Type {
        Data,
        BlockBegin,
        BlockEnd,
        VariableBegin,
        VariableEnd,
        Name,
        String,
        Integer,
        Float,
        Operator,
        End
    };
    Type type = Type::End;
    Position at;
    std::string text; // of a string its value, of a number its digits
};

// As a message names it: "'if'", "the end of the template".
std::string describe(const Token &token);

// The last token is End. Fails (Failure) for what is no token and for brackets that do not close.
std::vector<Token> tokenize(std::string_view source);

} // namespace inference::jinja
