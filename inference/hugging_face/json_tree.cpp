#include "inference/hugging_face/json_tree.h"

#include "inference/gguf/mapped_file.h"
#include "inference/gguf/wording.h"

#include <system_error>
#include <utility>

namespace inference {

using nlohmann::json;

bool JsonTree::fail(std::string why)
{
    if (problem.empty())
        problem = std::move(why);
    return false;
}

bool JsonTree::put(json value)
{
    if (++m_values > kMaxJsonValues)
        return fail("more than " + grouped(kMaxJsonValues) + " values");
    if (m_open.empty())
        root = std::move(value);
    else if (m_open.back()->is_array())
        m_open.back()->push_back(std::move(value));
    else
        (*m_open.back())[m_key] = std::move(value);
    return true;
}

bool JsonTree::open(json container)
{
    if (m_open.size() == kMaxJsonDepth)
        return fail("nested deeper than " + std::to_string(kMaxJsonDepth));
    json *parent = m_open.empty() ? nullptr : m_open.back();
    if (!put(std::move(container)))
        return false;
    // Only the innermost container grows, so the addresses of those around it stay.
    m_open.push_back(!parent ? &root : parent->is_array() ? &parent->back() : &(*parent)[m_key]);
    return true;
}

bool JsonTree::close()
{
    m_open.pop_back();
    return true;
}

bool JsonTree::key(string_t &name)
{
    if (m_open.back()->contains(name))
        return fail(inQuotes(name) + " twice in one object");
    m_key = std::move(name);
    return true;
}

bool JsonTree::parse_error(std::size_t position, const std::string &, const nlohmann::detail::exception &)
{
    return fail("no JSON at byte " + grouped(position));
}

namespace {

// A pipe or a device must not be opened; MappedFile would refuse it too, but speaks of model files.
Result<MappedFile> openWithin(const std::filesystem::path &path, std::size_t maxBytes)
{
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        return Error(
            ErrorCode::Unsupported,
            {.what = "This has to be a file",
             .where = pathText(path),
             .found = std::filesystem::is_directory(status) ? "a folder" : "a pipe, socket or device",
             .wayOut = "Download the model again."});
    Result<MappedFile> file = MappedFile::open(path);
    if (file && file->bytes().size() > maxBytes)
        return Error(ErrorCode::Unsupported, {.what = "The file is too large",
                                              .where = pathText(path),
                                              .expected = "at most " + byteCount(maxBytes),
                                              .found = byteCount(file->bytes().size()),
                                              .wayOut = "Download the model again."});
    return file;
}

} // namespace

bool isThere(const std::filesystem::path &path)
{
    std::error_code error;
    return std::filesystem::symlink_status(path, error).type() != std::filesystem::file_type::not_found;
}

Result<void> readJsonFile(const std::filesystem::path &path, JsonTree &tree)
{
    const Result<MappedFile> file = openWithin(path, kMaxJsonBytes);
    if (!file)
        return file.error();
    const std::span<const std::byte> bytes = file->bytes();
    const char *begin = reinterpret_cast<const char *>(bytes.data());
    if (json::sax_parse(begin, begin + bytes.size(), &tree) && tree.problem.empty())
        return {};
    return Error(
        tree.unsupported ? ErrorCode::Unsupported : ErrorCode::Damaged,
        {.what = tree.unsupported ? "This kind of tokenizer is not known here" : "The file is damaged",
         .where = pathText(path),
         .found = tree.problem,
         .wayOut = tree.unsupported ? "Use a model of the DeepSeek family, or a GGUF file of this one."
                                    : "Download it again."});
}

Result<json> readOptionalJsonObject(const std::filesystem::path &path)
{
    if (!isThere(path))
        return json::object();
    JsonTree tree;
    if (Result<void> read = readJsonFile(path, tree); !read)
        return read.error();
    if (!tree.root.is_object())
        return Error(ErrorCode::Damaged, {.what = "The file is damaged",
                                          .where = pathText(path),
                                          .expected = "an object",
                                          .found = tree.root.type_name(),
                                          .wayOut = "Download it again."});
    return std::move(tree.root);
}

Result<std::optional<std::string>> readOptionalText(const std::filesystem::path &path, std::size_t maxBytes)
{
    if (!isThere(path))
        return std::optional<std::string>();
    const Result<MappedFile> file = openWithin(path, maxBytes);
    if (!file)
        return file.error();
    return std::optional<std::string>(std::in_place, reinterpret_cast<const char *>(file->bytes().data()),
                                      file->bytes().size());
}

} // namespace inference
