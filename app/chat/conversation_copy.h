// A conversation once more, under new ids.
#pragma once

#include "app/chat/store_queries.h"

namespace app {

// What makes it: the same messages, versions, times, folder, tags, attachments and draft. Parents are those that are older than their children; an
// answer that is still written is taken as interrupted.
StoreOperations withNewIds(const ConversationContents &contents);
// A duplicate under another title: not pinned, not archived, without the draft, changed now.
StoreOperations copyOf(const ConversationContents &contents, const QString &title);

} // namespace app
