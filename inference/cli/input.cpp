#include "inference/cli/input.h"

#include "inference/cli/interrupt.h"

#include <nlohmann/json.hpp>

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace inference::cli {

namespace fs = std::filesystem;

namespace {

Error cannotRead(const std::string &path, int error)
{
    const bool missing = error == ENOENT || error == ENOTDIR;
    return {missing ? ErrorCode::NotFound : ErrorCode::Io,
            {.what = missing ? "There is no such file" : "The file cannot be read",
             .where = path,
             .found = missing ? std::string_view() : std::string_view(std::strerror(error))}};
}

Error badMessages(const std::string &where, std::string_view expected, std::string_view found)
{
    return {
        ErrorCode::InvalidArgument,
        {.what = "The conversation cannot be read", .where = where, .expected = expected, .found = found}};
}

// Text of a "content": a string, or the text parts of a list joined. An error names what is not text.
Result<std::string> contentText(const nlohmann::json &content, const std::string &where)
{
    if (content.is_string())
        return content.get<std::string>();
    if (content.is_null())
        return std::string();
    if (!content.is_array())
        return badMessages(where, "\"content\" as a string or a list of parts", content.type_name());
    std::string text;
    for (const auto &part : content) {
        const auto type = part.is_object() ? part.value("type", nlohmann::json()) : nlohmann::json();
        if (type != "text" || !part.contains("text") || !part["text"].is_string())
            return badMessages(where, "parts of the form {\"type\": \"text\", \"text\": ...}",
                               type.is_string() ? type.get<std::string>() : "something else");
        text += part["text"].get<std::string>();
    }
    return text;
}

std::vector<fs::path> modelFolders()
{
    std::vector<fs::path> folders;
    const auto environment = [](const char *name) {
        const char *value = std::getenv(name);
        return fs::path(value ? value : "");
    };
    if (const fs::path models = environment("BALEEN_MODELS"); !models.empty())
        folders.push_back(models);
    if (const fs::path cache = environment("BALEEN_CACHE"); !cache.empty())
        folders.push_back(cache / "models");
    else if (const fs::path xdg = environment("XDG_CACHE_HOME"); !xdg.empty())
        folders.push_back(xdg / "baleen" / "models");
    else if (const fs::path home = environment("HOME"); !home.empty())
        folders.push_back(home / ".cache" / "baleen" / "models");
    return folders;
}

} // namespace

long readInput(char *buffer, std::size_t size)
{
    // SIGINT goes to a thread of its own, so that read() would wait on: look now and then.
    for (;;) {
        if (interrupt().raised())
            return -1;
        pollfd descriptor{STDIN_FILENO, POLLIN, 0};
        const int ready = ::poll(&descriptor, 1, 100);
        if (ready == 0 || (ready < 0 && errno == EINTR))
            continue;
        const ssize_t count = ::read(STDIN_FILENO, buffer, size);
        if (count >= 0 || errno != EINTR)
            return count;
    }
}

Result<std::string> readAll(const std::string &path)
{
    const bool standardInput = path == "-";
    FILE *file = standardInput ? nullptr : std::fopen(path.c_str(), "rb");
    if (!file && !standardInput)
        return cannotRead(path, errno);
    std::string text;
    std::vector<char> buffer(1 << 16);
    errno = 0;
    for (;;) {
        const long count = standardInput ? readInput(buffer.data(), buffer.size())
                                         : long(std::fread(buffer.data(), 1, buffer.size(), file));
        if (count <= 0) {
            const int error = count < 0 || (file && std::ferror(file)) ? (errno ? errno : EIO) : 0;
            if (file)
                std::fclose(file);
            if (standardInput && interrupt().raised())
                return Error(ErrorCode::Cancelled, "Interrupted.");
            if (error)
                return cannotRead(standardInput ? "standard input" : path, error);
            return text;
        }
        text.append(buffer.data(), std::size_t(count));
    }
}

Result<std::vector<TokenId>> parseTokens(std::string_view text, std::uint32_t vocabularySize)
{
    std::vector<TokenId> tokens;
    const char *at = text.data();
    const char *const end = at + text.size();
    while (at != end) {
        if (std::strchr(" \t\r\n\f\v,[]", *at) && *at) {
            ++at;
            continue;
        }
        std::uint64_t id = 0;
        const auto [next, error] = std::from_chars(at, end, id);
        const bool whole =
            error == std::errc() && (next == end || (*next && std::strchr(" \t\r\n\f\v,[]", *next)));
        if (!whole || id >= vocabularySize) {
            const char *stop = at;
            while (stop != end && !(*stop && std::strchr(" \t\r\n\f\v,[]", *stop)) && stop - at < 40)
                ++stop;
            const std::string where = "id number " + std::to_string(tokens.size() + 1);
            const std::string expected = "a number from 0 to " + std::to_string(vocabularySize - 1);
            const std::string found(at, stop);
            return Error(ErrorCode::InvalidArgument, {.what = "This is not a token id of the model",
                                                      .where = where,
                                                      .expected = expected,
                                                      .found = found});
        }
        tokens.push_back(TokenId(id));
        at = next;
    }
    return tokens;
}

Result<std::vector<ChatMessage>> parseMessages(std::string_view json)
{
    nlohmann::json parsed;
    try {
        parsed = nlohmann::json::parse(json);
    } catch (const nlohmann::json::exception &exception) {
        return badMessages("the JSON is broken", "a list of {\"role\": ..., \"content\": ...}",
                           exception.what());
    }
    if (parsed.is_object() && parsed.contains("messages"))
        parsed = nlohmann::json(parsed["messages"]);
    if (!parsed.is_array())
        return badMessages("the whole", "a list of {\"role\": ..., \"content\": ...}", parsed.type_name());
    std::vector<ChatMessage> messages;
    for (const auto &entry : parsed) {
        const std::string where = "message " + std::to_string(messages.size() + 1);
        if (!entry.is_object() || !entry.contains("role") || !entry["role"].is_string())
            return badMessages(where, "an object with \"role\" and \"content\"",
                               entry.is_object() ? "no \"role\" that is a string" : entry.type_name());
        if (!entry.contains("content"))
            return badMessages(where, "an object with \"role\" and \"content\"", "no \"content\"");
        auto content = contentText(entry["content"], where);
        if (!content)
            return content.error();
        messages.push_back({entry["role"].get<std::string>(), std::move(*content)});
    }
    return messages;
}

std::string messagesToJson(std::span<const ChatMessage> messages)
{
    auto list = nlohmann::ordered_json::array();
    for (const ChatMessage &message : messages)
        list.push_back({{"role", message.role}, {"content", message.content}});
    return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Result<fs::path> findModel(const std::string &name)
{
    std::error_code error;
    if (fs::exists(name, error))
        return fs::path(name);
    std::string looked;
    if (!name.empty() && name.find('/') == std::string::npos) {
        for (const fs::path &folder : modelFolders()) {
            for (const char *extension : {"", ".gguf"}) {
                fs::path path = folder / (name + extension);
                if (fs::exists(path, error))
                    return path;
            }
            looked += (looked.empty() ? "" : " or ") + folder.string();
        }
    }
    const std::string where = looked.empty() ? name : name + ", neither here nor in " + looked;
    return Error(
        ErrorCode::NotFound,
        {.what = "There is no such model",
         .where = where,
         .wayOut = "Give the path of a GGUF file, or set BALEEN_MODELS to the folder of your models."});
}

} // namespace inference::cli
