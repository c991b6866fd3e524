// Markdown out of parsed blocks, for copying a part of an answer: what is written gives the same blocks when it is parsed.
#pragma once

#include "app/chat/markdown.h"

namespace app::markdown {

// Characters from .. to of the words; all of them without a range.
QString inlineMarkdown(const Text &text, int from = 0, int to = -1);
// A block with the marks of its lists and quotes. A range is of the characters of its words or its code; of a table it must
// be all.
QString blockMarkdown(const Block &block);
QString blockMarkdown(const Block &block, int from, int to);
// What stands between two blocks that follow each other in a list or elsewhere.
QString markdownBetween(const Block &above, const Block &below);
// The first row of a table with the row of dashes below it.
QString tableHead(const Block &table);
QString asMarkdown(const QVector<Block> &blocks);

} // namespace app::markdown
