// Chats of other programs, as they export them. What is not text is left out and counted.
#pragma once

#include "app/chat/exchange/chat_file.h"

#include <QJsonDocument>

namespace app {

enum class ForeignFormat {
    None,      // none that is known
    OpenAi,    // ChatGPT's conversations.json: a list of {"mapping": {id: {"message", "parent"}}, "current_node"}
    OpenWebUi, // a list of {"chat": {"history": {"messages": {id: {"parentId", "role", "content"}}, "currentId"}}}
    LmStudio,  // {"name", "messages": [{"versions": […], "currentlySelected"}]}
    Messages   // {"messages": [{"role", "content"}]}, a list of such, or the list of messages itself
};

ForeignFormat formatOf(const QJsonDocument &document);
// Never fails: what cannot be understood is told in the notes.
ChatFile foreignChats(const QJsonDocument &document, ForeignFormat format);

} // namespace app
