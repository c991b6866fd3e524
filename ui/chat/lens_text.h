// The tokens of an answer as text: which characters each one is, in paragraphs that can be laid out.
#pragma once

#include "app/chat/token_lens.h"

#include <QString>

#include <vector>

namespace ui {

struct LensParagraph
{
    // Line breaks are shown by a sign at the end of the line that they end. What is no UTF-8 is U+FFFD.
    QString text;
    struct Piece
    {
        int token = 0;
        int from = 0, to = 0; // characters; a character of several tokens belongs to all of them
        int part = 0, parts = 1; // of that character, where the token is a piece of one
    };
    std::vector<Piece> pieces; // in order; control tokens have a word in brackets
};

// Of the tokens from `first` up to `last`.
std::vector<LensParagraph> lensParagraphs(const app::TokenLens &lens, int first, int last);

// A token by itself, for lists: spaces, line breaks and tabs as signs, bytes that are no character as figures.
QString tokenWords(const app::TokenLens::Word &word);
// "62 %", "3.4 %", "<0.1 %".
QString chanceWords(float probability);

} // namespace ui
